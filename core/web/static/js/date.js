/* Date fields: 2026-11-23 typed, or chosen from a month that knows 班 and 休. On a telephone the machine's own calendar. */
import { composing } from './keys.js'

export function startDates(root) {
  const address = document.querySelector('meta[name="days"]')?.content
  if (!address || matchMedia('(pointer: coarse)').matches) return
  for (const input of root.querySelectorAll('input[type=date]')) if (!input.closest('.date-box') && !input.readOnly) field(input, address)
}

function field(input, address) {
  const words = document.getElementById('toasts').dataset, label = input.labels?.[0]?.textContent.trim() || input.getAttribute('aria-label') || ''
  const box = Object.assign(document.createElement('span'), { className: 'date-box' })
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'x' })
  const pop = Object.assign(document.createElement('div'), { className: 'date-pop', hidden: true })
  button.setAttribute('aria-label', words.chooseDay.replace('{name}', label))
  button.setAttribute('aria-expanded', 'false')
  pop.setAttribute('role', 'dialog')
  pop.setAttribute('aria-label', words.chooseDay.replace('{name}', label))
  const value = input.value
  input.replaceWith(box)
  input.type = 'text'
  Object.assign(input, { value, placeholder: words.dayFormat, inputMode: 'numeric', autocomplete: 'off', maxLength: 10 })
  box.append(input, button, pop)
  const shut = () => { pop.hidden = true; button.setAttribute('aria-expanded', 'false') }
  const load = async url => {
    const at = new URL(url, location.href)
    at.searchParams.set('chosen', input.value)
    const answer = await fetch(at, { headers: { 'X-Requested-With': 'fetch' } })
    if (!answer.ok) return shut()
    const part = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-chooser]')
    if (part) pop.replaceChildren(part)
  }
  const open = async () => {
    const month = /^\d{4}-\d{2}/.exec(input.value)?.[0] ?? ''
    pop.hidden = false
    button.setAttribute('aria-expanded', 'true')
    pop.classList.toggle('right', box.getBoundingClientRect().left > innerWidth / 2)
    await load(`${address}?month=${month}`)
    const first = pop.querySelector('[aria-pressed=true]') || pop.querySelector('.today') || pop.querySelector('[data-pick]')
    first?.focus()
  }
  button.addEventListener('click', () => pop.hidden ? open() : shut())
  pop.addEventListener('click', async event => {
    const turn = event.target.closest('[data-load]'), day = event.target.closest('[data-pick]')
    if (turn) { const way = turn.matches(':first-child'); await load(turn.dataset.load); pop.querySelector(way ? '[data-load]' : '[data-load]:last-child')?.focus() }
    if (!day) return
    input.value = day.dataset.pick
    shut()
    input.focus()
    for (const kind of ['input', 'change']) input.dispatchEvent(new Event(kind, { bubbles: true }))
  })
  box.addEventListener('keydown', event => {
    if (composing(event)) return
    if (event.key === 'Escape' && !pop.hidden) { event.preventDefault(); event.stopPropagation(); shut(); button.focus() }
    if (event.target === input && event.key === 'ArrowDown') { event.preventDefault(); open() }
    const days = [...pop.querySelectorAll('[data-pick]')], at = days.indexOf(event.target), step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key]
    if (at >= 0 && step) { event.preventDefault(); days[at + step]?.focus() }
  })
  document.addEventListener('click', event => { if (!box.contains(event.target)) shut() })
  input.addEventListener('blur', () => {
    const digits = input.value.replace(/[^\d]/g, '')
    if (digits.length === 8) input.value = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`
    const day = new Date(`${input.value}T00:00:00Z`), good = !input.value || (/^\d{4}-\d{2}-\d{2}$/.test(input.value) && !Number.isNaN(+day) && day.toISOString().startsWith(input.value))
    let line = box.parentElement.querySelector('.warned')
    if (good) return line?.remove()
    if (!line) box.after(line = Object.assign(document.createElement('p'), { className: 'warned', role: 'status' }))
    line.textContent = words.day
  })
}
