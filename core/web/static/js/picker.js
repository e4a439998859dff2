/* A picker of enterprises, units, people: asks as one types, never holds a table. The plain field underneath takes a code. */
import { composing } from './keys.js'

let count = 0

export function startPickers(root) {
  for (const input of root.querySelectorAll('input[data-picker]')) if (!input.closest('.pick-box')) picker(input)
}

function picker(input) {
  const url = input.dataset.picker, recentKey = `ys:recent:${url}`, words = input.dataset
  const value = Object.assign(document.createElement('input'), { type: 'hidden', name: input.name, value: input.value })
  const list = Object.assign(document.createElement('ul'), { className: 'options-list', id: `picker-${++count}`, hidden: true })
  const clear = Object.assign(document.createElement('button'), { type: 'button', className: 'x', textContent: '×', hidden: !input.value })
  const box = Object.assign(document.createElement('span'), { className: 'pick-box' })
  clear.setAttribute('aria-label', words.clear)
  list.setAttribute('role', 'listbox')
  input.replaceWith(box)
  const said = Object.assign(document.createElement('input'), { type: 'hidden', name: `${input.name}__label`, value: words.shown || '' })
  box.append(input, clear, value, list)
  if (input.form?.method === 'post') box.append(said) // a form that comes back shows the name again, not the number
  input.removeAttribute('name')
  if (words.shown) input.value = words.shown
  for (const [name, is] of Object.entries({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': list.id })) input.setAttribute(name, is)

  let asked = 0, timer = 0, at = -1, items = [], label = input.value
  const close = () => { list.hidden = true; at = -1; input.setAttribute('aria-expanded', 'false'); input.removeAttribute('aria-activedescendant') }
  const changed = () => value.dispatchEvent(new Event('change', { bubbles: true }))
  const choose = item => {
    value.value = item.id
    input.value = label = said.value = item.label
    clear.hidden = false
    close()
    const recent = [item, ...JSON.parse(sessionStorage.getItem(recentKey) || '[]').filter(old => String(old.id) !== String(item.id))].slice(0, 6)
    sessionStorage.setItem(recentKey, JSON.stringify(recent))
    changed()
  }
  const point = to => {
    const options = [...list.querySelectorAll('[role=option]')]
    if (!options.length) return
    at = (to + options.length) % options.length
    options.forEach((option, i) => option.setAttribute('aria-selected', String(i === at)))
    input.setAttribute('aria-activedescendant', options[at].id)
    options[at].scrollIntoView({ block: 'nearest' })
  }
  const draw = (found, note, lately = 0) => { // the first so many are what the person chose lately
    items = found
    list.replaceChildren()
    const say = words => list.append(Object.assign(document.createElement('li'), { className: 'note', textContent: words }))
    if (note) say(note)
    found.forEach((item, i) => {
      if (i && i === lately) say(words.others)
      const li = Object.assign(document.createElement('li'), { id: `${list.id}-${i}`, textContent: item.label })
      li.setAttribute('role', 'option')
      li.setAttribute('aria-selected', 'false')
      if (item.hint) li.append(Object.assign(document.createElement('small'), { textContent: item.hint }))
      li.addEventListener('mousedown', event => { event.preventDefault(); choose(item) })
      list.append(li)
    })
    at = -1
    list.hidden = !found.length && !note
    input.setAttribute('aria-expanded', String(!list.hidden))
  }
  const ask = async () => {
    const text = input.value.trim(), mine = ++asked
    try {
      const address = new URL(url, location.href)
      address.searchParams.set('q', text)
      const answer = await fetch(address, { headers: { Accept: 'application/json' } })
      if (!answer.ok) throw new Error(`${answer.status} from ${url}`)
      const found = (await answer.json()).items
      if (mine !== asked || document.activeElement !== input) return // an older answer, or the person has gone on
      if (text) return draw(found, found.length ? '' : words.none), point(0)
      const lately = JSON.parse(sessionStorage.getItem(recentKey) || '[]'), known = lately.map(item => String(item.id))
      draw([...lately, ...found.filter(item => !known.includes(String(item.id)))], lately.length ? words.recent : '', lately.length)
    } catch (failed) {
      console.warn(failed)
      if (mine === asked) draw([], words.failed)
    }
  }
  const soon = () => { clearTimeout(timer); timer = setTimeout(ask, 180) }
  input.addEventListener('input', event => {
    value.value = input.value.trim() // a typed code counts as it stands
    said.value = ''
    clear.hidden = !input.value
    if (!event.isComposing) soon()
  })
  input.addEventListener('compositionend', soon)
  input.addEventListener('focus', () => { if (!input.value) ask() })
  input.addEventListener('blur', () => { clearTimeout(timer); close(); if (value.value && value.value !== input.value.trim() && input.value !== label) value.value = input.value.trim() })
  input.addEventListener('keydown', event => {
    if (composing(event)) return
    if (event.key === 'ArrowDown') { event.preventDefault(); list.hidden ? ask() : point(at + 1) }
    else if (event.key === 'ArrowUp') { event.preventDefault(); point(at - 1) }
    else if (event.key === 'Enter' && !list.hidden && at >= 0) { event.preventDefault(); choose(items[at]) }
    else if (event.key === 'Escape' && !list.hidden) { event.preventDefault(); event.stopPropagation(); close() }
  })
  clear.addEventListener('click', () => { input.value = value.value = label = said.value = ''; clear.hidden = true; input.focus(); changed() })
}
