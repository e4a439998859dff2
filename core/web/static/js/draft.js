/* What was typed and not saved, kept apart from the record: in this tab only, until it is saved, thrown away or signed out. */
const KEY = 'ys:draft:'
const keyOf = form => KEY + new URL(form.action, location.href).pathname
const kept = el => el.name && !['csrf_token', 'version'].includes(el.name) && !['password', 'file', 'hidden', 'submit', 'button'].includes(el.type)
const values = form => [...form.elements].filter(kept).map(el => [el.name, el.type === 'checkbox' || el.type === 'radio' ? [el.value, el.checked] : el.value])

/** Forms that warn before leaving keep their draft; one that is there is offered, never put in unasked. */
export function startDrafts(root) {
  const words = document.getElementById('toasts').dataset
  for (const form of root.querySelectorAll('form[data-dirty-warn]')) {
    const key = keyOf(form), told = sessionStorage.getItem(key)
    if (told) document.querySelector('[data-test="error-summary"]') ? sessionStorage.removeItem(key) : offer(form, key, JSON.parse(told).values, words)
    let timer = 0
    form.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(() => keep(form, key, false), 400) })
    form.addEventListener('submit', () => { clearTimeout(timer); keep(form, key, true) })
  }
}

/** On every page: what was sent and answered with a page without complaint is saved, its draft is done with. */
export function settleDrafts() {
  if (document.querySelector('[data-lost], .signin, .card.error')) return // sent, but not received: the session was over
  const here = new Set([...document.querySelectorAll('form[data-dirty-warn]')].map(keyOf)), saved = document.querySelector('.flash.g')
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(KEY) && (saved || !here.has(key)) && JSON.parse(sessionStorage.getItem(key)).sent) sessionStorage.removeItem(key)
}

const keep = (form, key, sent) => sessionStorage.setItem(key, JSON.stringify({ sent, values: values(form) }))

function offer(form, key, old, words) {
  if (JSON.stringify(old) === JSON.stringify(values(form))) return sessionStorage.removeItem(key)
  const bar = Object.assign(document.createElement('div'), { className: 'flash b' }), line = Object.assign(document.createElement('p'), { textContent: words.draft })
  const button = (label, act) => { const one = Object.assign(document.createElement('button'), { type: 'button', className: 'btn s', textContent: label }); one.addEventListener('click', () => { act(); bar.remove() }); return one }
  bar.dataset.test = 'draft'
  bar.setAttribute('role', 'status')
  bar.append(line, button(words.draftBack, () => restore(form, old)), button(words.draftAway, () => sessionStorage.removeItem(key)))
  form.before(bar)
}

function restore(form, old) {
  const left = [...old]
  for (const el of [...form.elements].filter(kept)) {
    const at = left.findIndex(([name, value]) => name === el.name && (!Array.isArray(value) || value[0] === el.value))
    if (at < 0) continue
    const [, value] = left.splice(at, 1)[0]
    if (Array.isArray(value)) el.checked = value[1]; else el.value = value
  }
  form.dispatchEvent(new Event('input', { bubbles: true }))
}
