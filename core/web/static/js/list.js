/* Lists: selection, the bar of bulk acts, folding of the query, density and columns as each person likes them. */
export function startLists(root) {
  for (const table of root.querySelectorAll('table[data-heads]')) { head(table); whole.observe(table); whole.observe(table.parentElement) }
  for (const form of root.querySelectorAll('form[data-query]')) query(form)
  for (const list of root.querySelectorAll('[data-list]')) { selection(list); taste(list) }
  for (const all of root.querySelectorAll('[data-select-all]')) if (!all.closest('[data-list]')) selection(all.closest('.list, .card') || document)
}

/* The heads of a table that needs no scrolling sideways stay in sight while one scrolls down. */
const whole = new ResizeObserver(found => { for (const { target } of found) { const frame = target.closest('.scroll'); frame.classList.toggle('whole', frame.scrollWidth <= frame.clientWidth) } })

/* Breadcrumbs lead back to a list as one left it: with its filters, order and page. Kept for this tab only. */
const LEFT = 'ys:left:', ROWS = 'ys:rows'
export function startWayBack() {
  if (document.querySelector('[data-list]')) sessionStorage.setItem(LEFT + location.pathname, location.search)
  for (const link of document.querySelectorAll('.crumbs a')) {
    const left = sessionStorage.getItem(LEFT + link.pathname)
    if (left && !link.search) link.search = left
  }
  const rows = [...document.querySelectorAll('[data-list] tr[data-row], .grouped-desk tr[data-test="row"]')].map(row => row.querySelector('a[href^="/"]:not([data-drawer])')?.pathname)
  if (rows.length) return sessionStorage.setItem(ROWS, JSON.stringify([...new Set(rows.filter(Boolean))]))
  around(JSON.parse(sessionStorage.getItem(ROWS) ?? '[]'))
}

/* From a record to the one before or after it in the list that one came from, without going back; `[` and `]` do it too. */
function around(rows) {
  const crumbs = document.querySelector('.crumbs'), here = rows.indexOf(location.pathname)
  if (!crumbs || here < 0 || rows.length < 2) return
  const line = Object.assign(document.createElement('span'), { className: 'around', textContent: `${here + 1} / ${rows.length}` })
  const link = (to, rel, words) => to && Object.assign(document.createElement('a'), { href: to, rel, textContent: words })
  const [before, after] = [link(rows[here - 1], 'prev', crumbs.dataset.before), link(rows[here + 1], 'next', crumbs.dataset.after)]
  if (before) line.prepend(before, ' ')
  if (after) line.append(' ', after)
  crumbs.append(line)
}

/* A phone shows a row as a card: each cell with the words of its column's head. Laid out as blocks it is a table no more, so roles say it. */
function head(table) {
  const heads = [...table.tHead.rows[0].cells].map(cell => (cell.querySelector('a') ?? cell).firstChild?.textContent.trim())
  for (const row of table.tBodies[0].rows) {
    row.setAttribute('role', 'row')
    for (const cell of row.cells) { cell.setAttribute('role', 'cell'); if (!cell.matches('.sel, .acts-col')) cell.dataset.label = heads[cell.cellIndex] ?? '' }
  }
}

function query(form) {
  const button = form.querySelector('[data-unfold]')
  form.addEventListener('submit', () => { for (const el of form.elements) if (el.name && !el.value) el.disabled = true }) // short addresses
  addEventListener('pageshow', () => { for (const el of form.elements) el.disabled = false })
  if (!button) return
  const more = button.textContent
  const set = open => { form.classList.toggle('unfolded', open); button.setAttribute('aria-expanded', String(open)); button.textContent = open ? button.dataset.less : more }
  button.addEventListener('click', () => set(!form.classList.contains('unfolded')))
  const folded = matchMedia('(max-width: 640px)').matches ? '.q:nth-of-type(n + 3)' : '.extra'
  if ([...form.querySelectorAll(`${folded} :is(input, select)`)].some(el => el.type !== 'hidden' && el.value)) set(true) // what filters is seen
}

function selection(list) {
  const boxes = [...list.querySelectorAll('[data-select]')], all = list.querySelector('[data-select-all]'), bar = list.querySelector('[data-bulk]')
  const tell = () => {
    const n = boxes.filter(box => box.checked).length
    for (const box of boxes) box.closest('tr').classList.toggle('sel', box.checked)
    if (all) { all.checked = n > 0 && n === boxes.length; all.indeterminate = n > 0 && n < boxes.length }
    for (const button of list.querySelectorAll('[data-needs-selection]')) button.setAttribute('aria-disabled', String(n === 0))
    if (!bar) return
    bar.hidden = n === 0
    const text = bar.querySelector('[data-bulk-text]')
    text.textContent = text.dataset.bulkText.replace('{n}', n)
    for (const count of document.querySelectorAll('[data-selected-count]')) count.textContent = n
  }
  let last = null
  for (const box of boxes) box.addEventListener('click', event => {
    if (event.shiftKey && last) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b)
      for (const between of boxes.slice(from, to + 1)) between.checked = box.checked
    }
    last = box
    tell()
  })
  all?.addEventListener('change', () => { for (const box of boxes) box.checked = all.checked; tell() })
  bar?.querySelector('[data-bulk-clear]').addEventListener('click', () => { for (const box of boxes) box.checked = false; tell() })
  tell()
}

/* Which columns, in which order, how wide, how dense. The server keeps it when it gives an address, else this browser. */
function taste(list) {
  const key = `ys:list:${list.dataset.list}`, dialog = document.querySelector(`[data-columns="${CSS.escape(list.dataset.list)}"]`), server = list.dataset.prefs
  const kept = server ? {} : JSON.parse(localStorage.getItem(key) || '{}')
  const widths = server ? JSON.parse(list.dataset.widths || '{}') : kept.widths ?? {}
  const items = () => dialog ? [...dialog.querySelectorAll('[data-key]')] : []
  const now = () => ({ hidden: items().filter(li => !li.querySelector('input').checked).map(li => li.dataset.key), order: items().map(li => li.dataset.key), density: list.dataset.density, widths })
  const apply = ({ hidden, order, density }) => {
    if (density) list.dataset.density = density
    list.querySelector('[data-density-switch]')?.setAttribute('aria-pressed', String(list.dataset.density === 'tight'))
    for (const row of list.querySelectorAll('tr')) {
      const cells = new Map([...row.querySelectorAll(':scope > [data-col]')].map(cell => [cell.dataset.col, cell]))
      if (hidden) for (const [name, cell] of cells) cell.hidden = hidden.includes(name)
      const end = row.querySelector(':scope > .acts-col')
      if (order) for (const name of order) if (cells.has(name)) end ? end.before(cells.get(name)) : row.append(cells.get(name))
    }
  }
  let sent = Promise.resolve(), anew = false
  const send = value => { sent = fetch(server, { method: 'POST', keepalive: true, headers: { 'Content-Type': 'application/json', 'X-CSRFToken': document.querySelector('meta[name="csrf-token"]')?.content ?? '' }, body: JSON.stringify(value) }) }
  const keep = (drawn = false) => { // what the server draws, which columns and in what order, comes with the next page
    const value = now()
    anew ||= drawn && Boolean(server)
    apply(server ? { density: value.density } : value)
    if (!server) return localStorage.setItem(key, JSON.stringify(value))
    send(value)
  }
  if (kept.order && dialog) for (const name of kept.order) { const li = items().find(item => item.dataset.key === name); if (li) li.parentElement.append(li) }
  if (kept.hidden) for (const li of items()) { const box = li.querySelector('input'); if (!box.disabled) box.checked = !kept.hidden.includes(li.dataset.key) }
  if (kept.hidden || kept.density) apply({ ...now(), density: kept.density })
  list.querySelector('[data-density-switch]')?.addEventListener('click', () => { list.dataset.density = list.dataset.density === 'tight' ? 'normal' : 'tight'; keep() })
  dialog?.addEventListener('change', () => keep(true))
  dialog?.addEventListener('close', async () => { await sent; if (anew) location.reload() })
  dialog?.addEventListener('click', event => {
    const move = event.target.closest('[data-move]'), li = event.target.closest('[data-key]')
    if (event.target.closest('[data-columns-reset]')) { // the list as it comes; only its density stays
      localStorage.removeItem(key)
      if (server) send({ density: list.dataset.density })
      return sent.then(() => location.reload())
    }
    if (!move) return
    const other = move.dataset.move === '1' ? li.nextElementSibling : li.previousElementSibling
    if (!other) return
    move.dataset.move === '1' ? other.after(li) : other.before(li)
    keep(true)
    const rest = [move, ...li.querySelectorAll('[data-move]')].find(arrow => arrow.checkVisibility({ visibilityProperty: true })) // at an end one arrow is gone
    rest.focus()
  })
  if (dialog) drag(dialog, items(), () => keep(true))
  for (const head of list.querySelectorAll('th[data-col]')) grip(head, widths, keep, list)
}

/* The order of the columns, drawn with the pointer; the arrows do the same for the keyboard and the finger. */
function drag(dialog, items, keep) {
  let held = null
  for (const li of items) li.draggable = true
  dialog.addEventListener('dragstart', event => { held = event.target.closest?.('[data-key]'); event.dataTransfer.effectAllowed = 'move' })
  dialog.addEventListener('dragover', event => {
    const over = event.target.closest('[data-key]'), box = over?.getBoundingClientRect()
    if (!held || !over) return
    event.preventDefault()
    if (over !== held) event.clientY < box.top + box.height / 2 ? over.before(held) : over.after(held)
  })
  dialog.addEventListener('drop', event => event.preventDefault())
  dialog.addEventListener('dragend', () => { held = null; keep() })
}

/* The edge of a column's head: drawn with the pointer, or moved with the arrow keys. A width is kept as of ordinary type, and grows with it. */
function grip(head, widths, keep, list) {
  const name = head.dataset.col, edge = Object.assign(document.createElement('span'), { className: 'grip', tabIndex: 0 })
  const ordinary = 14, type = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / ordinary
  const draw = width => set(width / type())
  const set = width => { widths[name] = Math.min(900, Math.max(48, Math.round(width))); head.style.width = head.style.minWidth = head.style.maxWidth = `${widths[name] / ordinary}rem`; edge.setAttribute('aria-valuenow', widths[name]) }
  for (const [is, value] of Object.entries({ role: 'separator', 'aria-orientation': 'vertical', 'aria-valuemin': 48, 'aria-valuemax': 900, 'aria-valuenow': head.offsetWidth, 'aria-label': list.dataset.widthOf.replace('{name}', head.innerText.trim()) })) edge.setAttribute(is, value)
  if (widths[name]) set(widths[name])
  edge.addEventListener('pointerdown', event => {
    event.preventDefault()
    edge.setPointerCapture(event.pointerId)
    const from = event.clientX, width = head.offsetWidth, move = moved => draw(width + moved.clientX - from)
    edge.addEventListener('pointermove', move)
    edge.addEventListener('pointerup', () => { edge.removeEventListener('pointermove', move); keep() }, { once: true })
  })
  edge.addEventListener('keydown', event => {
    const step = { ArrowLeft: -16, ArrowRight: 16 }[event.key]
    if (!step) return
    event.preventDefault()
    draw(head.offsetWidth + step)
    keep()
    edge.focus() // its column was put in its place again
  })
  head.append(edge)
}
