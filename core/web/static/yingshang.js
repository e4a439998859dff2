/* What a page does beyond links and forms. Every part is an improvement: without scripts the page still works. */
import { keepTyped, typeAgain } from './js/again.js'
import { startBoards } from './js/board.js'
import { startCharts } from './js/chart.js'
import { startDates } from './js/date.js'
import { load, startDialogs } from './js/dialog.js'
import { settleDrafts, startDrafts } from './js/draft.js'
import { startForms } from './js/form.js'
import { startKeys } from './js/keys.js'
import { startLists, startWayBack } from './js/list.js'
import { newPassword } from './js/password.js'
import { startPickers } from './js/picker.js'
import { startUploads } from './js/upload.js'
import { place, startTips } from './js/tip.js'
import { startTrees } from './js/tree.js'
import { toast } from './js/toast.js'

/** Prepare a part of a page: the document at first, then each fragment that a drawer loads. */
export function prepare(root) {
  startForms(root)
  startDrafts(root)
  startLists(root)
  startPickers(root)
  startUploads(root)
  startDates(root)
  startCharts(root)
  startBoards(root, href => load(href, prepare))
  startTrees(root)
  watchTasks(root)
}

startWayBack()
document.addEventListener('click', async event => {
  const at = name => event.target.closest(`[${name}]`)
  let el
  if ((el = at('data-copy'))) {
    const words = document.getElementById('toasts').dataset
    try { await navigator.clipboard.writeText(el.dataset.copy); toast(words.copied) } catch (refused) {
      console.warn(refused) // An http address has no clipboard: the old way, then the hint.
      const box = Object.assign(document.createElement('textarea'), { value: el.dataset.copy })
      el.after(box); box.select()
      toast(document.execCommand('copy') ? words.copied : words.copyFailed); box.remove(); el.focus()
    }
  } else if ((el = at('data-dismiss'))) el.closest('.flash').remove()
  else if ((el = at('data-fill'))) { // words that are ready: they join what was typed, nothing is loaded anew
    const field = document.getElementById(el.dataset.fill)
    event.preventDefault()
    field.value = [field.value.trimEnd(), el.dataset.text].filter(Boolean).join('\n')
    field.dispatchEvent(new Event('input', { bubbles: true }))
    field.focus()
  } else if (at('data-back')) history.length > 1 ? history.back() : (location.href = '/')
  else if (at('data-reload')) location.reload()
  else if ((el = at('data-tip'))) {
    const text = el.parentElement.querySelector('.tip-text')
    text.hidden = !text.hidden
    el.setAttribute('aria-expanded', String(!text.hidden))
  } else if ((el = at('data-reveal'))) {
    const field = document.getElementById(el.dataset.reveal), hidden = field.type === 'password'
    field.type = hidden ? 'text' : 'password'
    el.dataset.show = el.dataset.show || el.textContent
    el.textContent = hidden ? el.dataset.hide : el.dataset.show
    el.setAttribute('aria-pressed', String(hidden))
  } else if ((el = at('data-make-password'))) { // in sight, to be handed over: the owner changes it when he signs in
    const field = document.getElementById(el.dataset.makePassword)
    Object.assign(field, { type: 'text', value: newPassword() })
    field.select()
  } else if (at('data-logout')) sessionStorage.clear()
  else if ((el = at('aria-disabled')) && el.getAttribute('aria-disabled') === 'true') event.preventDefault()
  for (const menu of document.querySelectorAll('details[data-menu][open]')) if (!menu.contains(event.target)) menu.open = false
})

/* The wall is renewed by itself. Who reads it with the keyboard or a mouse is not interrupted: the time runs from his last move. */
const wall = document.querySelector('[data-renew]')
if (wall) {
  let timer
  const wait = () => { clearTimeout(timer); timer = setTimeout(() => location.reload(), wall.dataset.renew * 1000) }
  for (const move of ['keydown', 'pointermove', 'scroll']) addEventListener(move, wait, { passive: true })
  wait()
}

/* A menu inside a table that scrolls would be cut off: it is placed on the screen instead. */
document.addEventListener('toggle', event => {
  const menu = event.target
  if (!(menu instanceof HTMLDetailsElement) || !menu.matches('[data-menu].more') || !menu.open) return
  const list = menu.querySelector('ul'), box = menu.getBoundingClientRect()
  list.style.position = 'fixed'
  const below = box.bottom + 4 + list.offsetHeight < innerHeight
  place(list, Math.max(8, box.right - list.offsetWidth), below ? box.bottom + 4 : box.top - 4 - list.offsetHeight)
}, true)
addEventListener('scroll', () => document.querySelectorAll('details.more[open]').forEach(menu => { menu.open = false }), { capture: true, passive: true })

/* Theme and size change at once; the form tells the server, so that the next page begins with them. */
document.addEventListener('submit', async event => {
  const form = event.target, name = form.dataset.preference
  if (!name || !event.submitter) return
  event.preventDefault()
  const data = new FormData(form, event.submitter)
  data.set(name, event.submitter.value)
  const answer = await fetch(form.action, { method: 'POST', body: data, redirect: 'manual' })
  if (answer.type !== 'opaqueredirect' && !answer.ok) return location.reload()
  if (!form.matches('.seg')) return location.reload() // a button that names the other state is drawn anew
  document.documentElement.dataset[name] = event.submitter.value
  for (const button of form.querySelectorAll('button')) button.setAttribute('aria-pressed', String(button === event.submitter))
})

/** Long work on the page: ask now and then how far it is; at the end the page is drawn anew. */
function watchTasks(root) {
  for (const task of root.querySelectorAll('[data-poll]')) {
    const ask = async () => {
      if (!task.isConnected) return
      if (!document.hidden) {
        const answer = await fetch(task.dataset.poll, { headers: { Accept: 'application/json' } }).catch(() => null)
        const now = answer && answer.ok ? await answer.json() : null
        if (now) {
          const bar = task.querySelector('progress')
          if (now.total) { bar.max = now.total; bar.value = now.done }
          task.querySelector('[data-progress-text]').textContent = now.total ? `${now.done.toLocaleString()} / ${now.total.toLocaleString()}` : ''
          const note = task.querySelector('[data-progress-note]')
          if (note && now.note) note.textContent = now.note
          if (!['queued', 'running'].includes(now.state)) return task.dispatchEvent(new CustomEvent('task-ended', { bubbles: true, detail: now })) && location.reload()
        }
      }
      setTimeout(ask, 2000)
    }
    setTimeout(ask, 1000)
  }
}

settleDrafts()
startDialogs(prepare)
startKeys()
startTips()
typeAgain()
prepare(document)
keepTyped()

/* What is said at the top of a page that opens further down is said where one looks, too. */
const said = location.hash && document.querySelector('main > .flash')
if (said) toast(said.querySelector('p').textContent)

/* The menu is longer than some screens: where one is, is in sight. */
const side = document.getElementById('side'), here = side?.querySelector('[aria-current]')
if (here && here.offsetTop + here.offsetHeight > side.clientHeight) side.scrollTop = here.offsetTop - side.clientHeight / 2

