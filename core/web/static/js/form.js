/* Forms: errors get the focus, leaving with changes warns, a second click does not send twice, codes are checked on leaving. */
import { refused } from './checks.js'

let dirty = false

/** Whether a changed form stands in this part of the page. */
export const changed = part => Boolean(part.querySelector('form[data-changed]'))
export const forget = part => { for (const form of part.querySelectorAll('form[data-changed]')) delete form.dataset.changed; dirty = Boolean(document.querySelector('form[data-changed]')) }

export function startForms(root) {
  const summary = root.querySelector('[data-focus]')
  if (summary) summary.focus()
  for (const form of root.querySelectorAll('form[data-dirty-warn]')) {
    const mark = () => { dirty = true; form.dataset.changed = ''; const note = form.querySelector('[data-dirty-note]'); if (note) note.hidden = false }
    form.addEventListener('input', mark)
    form.addEventListener('change', mark)
    form.addEventListener('submit', () => { dirty = false; delete form.dataset.changed })
  }
  for (const form of root.querySelectorAll('form[data-only-changed]')) form.addEventListener('formdata', event => {
    for (const el of form.elements) if (el.name && el.type !== 'hidden' && !otherwise(el)) event.formData.delete(el.name)
  })
  for (const form of root.querySelectorAll('form[data-dirty-warn]')) form.addEventListener('reset', () => { forget(form.parentElement); for (const note of form.querySelectorAll('[data-dirty-note]')) note.hidden = true })
  for (const part of root.querySelectorAll('[data-when]')) sometimes(part)
  for (const input of root.querySelectorAll('input[data-check]')) input.addEventListener('blur', () => check(input))
  for (const input of root.querySelectorAll('input[data-fills]')) input.addEventListener('change', () => know(input))
  for (const form of root.querySelectorAll('form[data-auto]')) form.addEventListener('change', () => form.requestSubmit())
  for (const text of root.querySelectorAll('textarea[data-live]')) live(text)
  for (const form of root.querySelectorAll('form[data-fab-search]')) fabSearch(form)
  for (const input of root.querySelectorAll('input[data-match]')) input.addEventListener('input', () => input.setCustomValidity(input.value === input.dataset.match ? '' : input.dataset.match))
  for (const wrap of root.querySelectorAll('.appbuilder_date input')) wrap.type = 'date'
}

/* A text with a preview beside it: the button is pressed for the person at the start and whenever he stops typing. */
function live(text) {
  const button = document.getElementById(text.dataset.live)
  let timer
  const see = () => { const kept = dirty; text.form.requestSubmit(button); dirty = kept }
  button.addEventListener('click', () => { const kept = dirty; setTimeout(() => { dirty = kept }) })
  text.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(see, 900) })
  see()
}

/* A code brings its name along, and a name its code, when the register knows them; where the other one differs it says so. */
async function know(input) {
  const typed = input.value.trim(), text = typed.toUpperCase(), other = input.form.elements[input.dataset.fills]
  const answer = typed && await fetch(`${input.dataset.known}?${new URLSearchParams({ q: typed })}`, { headers: { Accept: 'application/json' } }).catch(() => null)
  const found = answer?.ok ? (await answer.json()).items.filter(item => [item.hint, item.label.toUpperCase()].includes(text)) : []
  const wanted = found.length === 1 && (found[0].hint === text ? found[0].label : found[0].hint)
  if (wanted && !other.value.trim()) { other.value = wanted; other.dispatchEvent(new Event('input', { bubbles: true })) }
  warn(other, wanted && other.value.trim().toUpperCase() !== wanted.toUpperCase() ? document.getElementById('toasts').dataset.knownOtherwise.replace('{other}', wanted) : '')
}

/* Whether a control says something else than when the page came. */
const otherwise = el => el.options ? [...el.options].some(option => option.selected !== option.defaultSelected) : el.value !== el.defaultValue

/* A part of a form that belongs to one answer: `data-when="name=value"`. */
function sometimes(part) {
  const [name, value] = part.dataset.when.split('='), form = part.closest('form')
  const see = () => { part.hidden = form.elements[name].value !== value }
  form.addEventListener('change', see)
  see()
}

function check(input) {
  warn(input, refused(input.dataset.check, input.value.trim()))
}

function warn(input, words) {
  let line = input.parentElement.querySelector('.warned')
  if (!words) return line?.remove()
  if (!line) input.after(line = Object.assign(document.createElement('p'), { className: 'warned', role: 'status' }))
  line.textContent = words
}

/* Register pages: the value takes the name of the chosen comparison; what is empty is not sent. */
function fabSearch(form) {
  const rows = [...form.querySelectorAll('[data-col]')].map(row => {
    let control = row.querySelector('[data-of] input, [data-of] select, [data-of] textarea')
    const given = row.dataset.value
    if (control?.type === 'checkbox') { // a box cannot say "either"
      const choice = document.createElement('select')
      choice.append(new Option('', ''), new Option(form.dataset.yes, 'y'), new Option(form.dataset.no, 'n'))
      control.replaceWith(choice)
      control = choice
    } else if (control?.tagName === 'SELECT' && !control.multiple) control.prepend(new Option('', ''))
    if (control?.multiple) for (const option of control.options) option.selected = option.value === given
    else if (control) control.value = given ?? '' // the framework fills in defaults that would filter
    return { row, control }
  })
  form.addEventListener('submit', () => {
    for (const { row, control } of rows) {
      if (!control) continue
      control.name = `_flt_${row.querySelector('[data-op]').value}_${row.dataset.col}`
      control.disabled = !control.value
    }
  })
}

addEventListener('beforeunload', event => { if (dirty) event.preventDefault() })
document.addEventListener('submit', event => {
  const form = event.target, button = event.submitter
  if (event.defaultPrevented || form.method !== 'post' || !button || button.formTarget || 'file' in button.dataset) return
  if (form.dataset.sending) return event.preventDefault()
  form.dataset.sending = '1'
  button.setAttribute('aria-busy', 'true')
})
addEventListener('pageshow', () => { // coming back with the browser's button: the form may be sent again
  for (const form of document.querySelectorAll('form[data-sending]')) delete form.dataset.sending
  for (const button of document.querySelectorAll('[aria-busy]')) button.removeAttribute('aria-busy')
})
