/* Dialogs and drawers: native <dialog>, so that focus stays inside, Esc closes, and it returns where it came from. */
import { changed, forget } from './form.js'
import { toast } from './toast.js'

const wide = () => matchMedia('(min-width: 901px)').matches

export function open(dialog) {
  document.body.append(dialog) // out of menus and tables, whose hiding would hide it too
  for (const fields of dialog.querySelectorAll('[data-dialog-fields]')) fields.disabled = false
  if (!dialog.open) dialog.showModal()
  const first = dialog.querySelector('[data-first]') || dialog.querySelector('textarea, input:not([type=hidden]), select')
  if (first) first.focus()
}

/** Load an address's [data-fragment] (or its main part) into the one drawer. */
export async function load(href, prepare) {
  const drawer = document.getElementById('drawer'), body = drawer.querySelector('[data-body]'), title = drawer.querySelector('[data-title]')
  title.textContent = ''
  body.textContent = body.dataset.loading
  open(drawer)
  try {
    const answer = await fetch(href, { headers: { 'X-Requested-With': 'fetch' } })
    if (answer.redirected && new URL(answer.url).pathname !== new URL(href, location.href).pathname) return location.assign(href)
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const part = page.querySelector('[data-fragment]') || page.querySelector('main')
    if (!part) throw new Error(`no content at ${href}`)
    const heading = part.querySelector('h1')
    title.textContent = part.dataset.fragmentTitle || (heading ? heading.textContent : page.title)
    body.replaceChildren(...(part.matches('main') ? part.children : [part]))
    prepare(body)
    body.focus({ preventScroll: true })
    drawer.scrollTop = body.scrollTop = 0
  } catch (failed) {
    console.warn(failed)
    body.textContent = body.dataset.failed
  }
}

export function startDialogs(prepare) {
  document.querySelector('.burger')?.setAttribute('aria-expanded', String(wide() && document.documentElement.dataset.side !== 'closed'))
  document.addEventListener('click', event => {
    const opener = event.target.closest('[data-open]')
    if (opener) {
      const target = document.getElementById(opener.dataset.open)
      if (target instanceof HTMLDialogElement) {
        const menu = opener.closest('details[data-menu]')
        if (menu) menu.open = false
        open(target)
      } else if (target && wide()) fold(opener)
      else if (target) {
        opener.setAttribute('aria-expanded', String(target.classList.toggle('open')))
        if (target.classList.contains('open')) target.querySelector('a')?.focus()
      }
      return
    }
    const dialog = event.target.closest('dialog')
    if (event.target.closest('[data-close]') || (event.target === dialog && outside(dialog, event))) return leave(dialog)
    const link = event.target.closest('a[data-drawer]')
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault()
      const menu = link.closest('details[data-menu]')
      if (menu) menu.open = false
      load(link.href, prepare)
    }
    const side = document.getElementById('side')
    if (side && side.classList.contains('open') && !side.contains(event.target) && !wide()) shut(side)
  })
  document.addEventListener('close', event => {
    for (const fields of event.target.querySelectorAll?.('[data-dialog-fields]') ?? []) fields.disabled = true
  }, true)
  document.addEventListener('cancel', event => { if (!leaving(event.target)) event.preventDefault() }, true)
  document.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || event.isComposing) return
    for (const menu of document.querySelectorAll('details[data-menu][open]')) { menu.open = false; menu.querySelector('summary').focus() }
    const side = document.getElementById('side')
    if (side && side.classList.contains('open')) shut(side)
  })
}

/* A changed form is not thrown away by a slip: the first attempt warns, the second one closes. */
function leaving(dialog) {
  if (!(dialog instanceof HTMLDialogElement) || !changed(dialog)) return true
  if ('warned' in dialog.dataset) { delete dialog.dataset.warned; forget(dialog); return true }
  dialog.dataset.warned = ''
  toast(document.getElementById('toasts').dataset.unsaved)
  return false
}

const leave = dialog => { if (leaving(dialog)) dialog.close() }

function shut(side) {
  side.classList.remove('open')
  const burger = document.querySelector('.burger')
  burger.setAttribute('aria-expanded', 'false')
  burger.focus()
}

/* On a wide screen the menu is folded away for good, until it is asked for again: a list has the room then. */
function fold(burger) {
  const { dataset } = document.documentElement
  dataset.side = dataset.side === 'closed' ? '' : 'closed'
  localStorage.setItem('ys:side', dataset.side)
  burger.setAttribute('aria-expanded', String(dataset.side !== 'closed'))
}

function outside(dialog, { clientX: x, clientY: y }) {
  const box = dialog.getBoundingClientRect()
  return x < box.left || x > box.right || y < box.top || y > box.bottom
}
