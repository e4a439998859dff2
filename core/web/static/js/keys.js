/* Shortcuts. None fires while an input method composes, in a field, or together with a modifier that means something else. */
export const composing = event => event.isComposing || event.keyCode === 229
const typing = el => el.closest('input, textarea, select, [contenteditable]')

export function startKeys() {
  document.addEventListener('keydown', event => {
    if (composing(event)) return
    if (event.key === 'Enter' && event.ctrlKey) {
      const form = event.target.form || event.target.closest('form')
      if (form) { event.preventDefault(); form.requestSubmit() }
      return
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector('dialog[open]')) return
    if (event.key === '/') {
      const search = document.getElementById('search')
      if (search) { event.preventDefault(); search.focus(); search.select() }
    } else if (event.key === '?') {
      const help = document.querySelector('a[data-help]')
      help ? help.click() : document.getElementById('shortcuts').showModal()
    }
    else if (event.key === '[' || event.key === ']') document.querySelector(`:is(.foot, .around) a[rel="${event.key === '[' ? 'prev' : 'next'}"]`)?.click()
  })
}
