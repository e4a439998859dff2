/* A tree of ticks: a branch's tick sets all below it, and shows when some, but not all, are set. */
const below = box => [...box.closest('li').querySelectorAll('input[type="checkbox"]')].filter(other => other !== box)

function settle(tree) {
  for (const box of [...tree.querySelectorAll('[data-check-all]')].reverse()) {
    const leaves = below(box).filter(other => !other.matches('[data-check-all]'))
    const set = leaves.filter(leaf => leaf.checked).length
    box.checked = set === leaves.length && set > 0
    box.indeterminate = set > 0 && set < leaves.length
  }
}

export function startTrees(root) {
  for (const tree of root.querySelectorAll('[data-checks]')) {
    tree.addEventListener('change', event => {
      if (event.target.matches('[data-check-all]')) for (const box of below(event.target)) box.checked = event.target.checked
      settle(tree)
    })
    settle(tree)
  }
}
