/* A form that was refused comes back as it was typed, each complaint at its field. In this tab and until the next page only; passwords and files are never kept. */
import { open } from './dialog.js'

const KEY = 'ys:typed'
const posting = () => [...document.forms].filter(form => form.method === 'post')
const picked = el => el.type !== 'hidden' || el.closest('.pick-box')
const kept = el => el.name && el.name !== 'csrf_token' && picked(el) && !['password', 'file', 'submit', 'button'].includes(el.type)
const told = form => [...form.elements].filter(el => el.type === 'hidden' && el.name && el.name !== 'csrf_token' && !picked(el)).map(el => `${el.name}=${el.value}`).join('&')
const known = form => `${new URL(form.getAttribute('action') || '', location.href).pathname}?${told(form)}` // two forms of one address differ in what they carry along
const ticks = el => el.type === 'checkbox' || el.type === 'radio'

/** What is sent is remembered until the answer is here. */
export function keepTyped() {
  document.addEventListener('submit', event => {
    const form = event.target
    if (event.defaultPrevented || form.method !== 'post' || form.dataset.preference) return
    const values = [...form.elements].filter(kept).map(el => [el.name, ticks(el) ? [el.value, el.checked] : el.value])
    sessionStorage.setItem(KEY, JSON.stringify({ form: known(form), values }))
  })
}

/** Before the fields become pickers and trees: put back what a refusal would have lost. */
export function typeAgain() {
  const sent = JSON.parse(sessionStorage.getItem(KEY) || 'null'), faults = [...document.querySelectorAll('main > .flash.r')]
  sessionStorage.removeItem(KEY)
  const form = sent && faults.length && sent.values.length && posting().find(one => known(one) === sent.form)
  if (!form) return
  const left = [...sent.values], take = test => { const at = left.findIndex(test); return at < 0 ? null : left.splice(at, 1)[0][1] }
  for (const el of [...form.elements].filter(kept)) {
    const value = take(([name, one]) => name === el.name && (!ticks(el) || one[0] === el.value))
    if (value === null) continue
    if (ticks(el)) el.checked = value[1]; else el.value = value
    if (el.dataset.picker) el.dataset.shown = take(([name]) => name === `${el.name}__label`) || value
  }
  setTimeout(() => {
    form.dispatchEvent(new Event('input')) // it is as unsaved as it was; a bar to save it may come into sight, and must not lie over the complaint
    if (wrong.length) (document.getElementById(`complaint-${wrong[0].name}`) || wrong[0]).scrollIntoView({ block: 'nearest' })
  })
  const wrong = faults.map(fault => complain(form, fault)).filter(Boolean)
  for (let fold = form.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true
  const dialog = form.closest('dialog')
  if (dialog) { open(dialog); form.prepend(...faults) }
  if (wrong.length) wrong[0].focus()
}

function complain(form, fault) {
  const field = [...form.elements].find(el => el.name === fault.dataset.field && el.type !== 'hidden')
  if (!field || field.hasAttribute('aria-invalid')) return field
  const line = Object.assign(document.createElement('p'), { className: 'complaint', id: `complaint-${field.name}`, textContent: fault.querySelector('p').textContent })
  field.setAttribute('aria-invalid', 'true')
  field.setAttribute('aria-describedby', line.id)
  ;(field.closest('.with-unit') || field).after(line)
  field.closest('.field')?.classList.add('bad')
  return field
}
