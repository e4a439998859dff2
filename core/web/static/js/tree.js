/* A tree is narrowed by what is typed; what was open is open again when the field is empty.
   A tree of ticks: a branch's tick sets all below it, and shows when some, but not all, are set. */
const below = box => [...box.closest('li').querySelectorAll('input[type="checkbox"]')].filter(other => other !== box)

function settle(tree) {
  for (const box of [...tree.querySelectorAll('[data-check-all]')].reverse()) {
    const leaves = below(box).filter(other => !other.matches('[data-check-all]'))
    const set = leaves.filter(leaf => leaf.checked).length
    box.checked = set === leaves.length && set > 0
    box.indeterminate = set > 0 && set < leaves.length
  }
}

function narrow(field) {
  const tree = field.closest('.in, form, section').querySelector('.tree'), text = field.value.trim().toLowerCase()
  for (const fold of tree.querySelectorAll('details')) {
    fold.dataset.was ??= fold.open ? '1' : ''
    fold.open = text ? true : Boolean(fold.dataset.was)
    if (!text) delete fold.dataset.was
  }
  const show = li => {
    const own = li.querySelector(':scope > a, :scope > span, :scope > details > summary'), spelled = li.dataset.spelled || ''
    const hit = own.textContent.toLowerCase().includes(text) || spelled.includes(text.length < 3 ? ` ${text}` : text)
    const below = [...li.querySelectorAll(':scope > details > ul > li')].map(show).includes(true)
    li.hidden = Boolean(text) && !hit && !below
    return !li.hidden
  }
  const found = [...tree.children].map(show).includes(true), none = tree.parentElement.querySelector('[data-tree-none]')
  if (none) none.hidden = found
}

export function startTrees(root) {
  for (const field of root.querySelectorAll('[data-tree-filter]')) field.addEventListener('input', event => { if (!event.isComposing) narrow(field) })
  for (const field of root.querySelectorAll('[data-tree-filter]')) field.addEventListener('compositionend', () => narrow(field))
  for (const tree of root.querySelectorAll('[data-checks]')) {
    tree.addEventListener('change', event => {
      if (event.target.matches('[data-check-all]')) for (const box of below(event.target)) box.checked = event.target.checked
      settle(tree)
    })
    settle(tree)
  }
}
