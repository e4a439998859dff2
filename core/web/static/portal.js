/* The portal's only script. Everything works without it; with it a draft is kept on the telephone, photographs are made
   smaller and sent ahead, and a form is sent again by itself when the connection comes back. */
const WIDEST = 1600, KEEP_DAYS = 14

document.querySelector('[data-focus]')?.focus()

document.addEventListener('click', async event => {
  const button = event.target.closest('[data-copy]')
  if (!button) return
  const toast = document.getElementById('toast')
  try { await navigator.clipboard.writeText(button.dataset.copy); toast.textContent = toast.dataset.copied } catch { toast.textContent = toast.dataset.copyFailed }
  setTimeout(() => { toast.textContent = '' }, 4000)
})

for (const field of document.querySelectorAll('[data-file]')) { // the button that chooses a file says which one was chosen
  field.querySelector('input').addEventListener('change', ({ target }) => { if (target.files[0]) field.querySelector('.pick').textContent = target.files[0].name })
}

for (const form of document.querySelectorAll('[data-portal-form]')) prepare(form)

function prepare(form) {
  const place = `portal:${location.pathname}`, field = form.querySelector('[data-files]')
  const restored = form.querySelector('[data-restored]')
  const controls = () => [...form.elements].filter(one => one.name && !['csrf_token', 'question', 'answer', 'website', 'files', 'uploads'].includes(one.name))
  const uploads = field ? photographs(form, field, () => keep()) : null

  function keep() {
    const values = controls().map(one => ['checkbox', 'radio'].includes(one.type) ? [one.name, one.value, one.checked] : [one.name, one.value])
    try { localStorage.setItem(place, JSON.stringify({ at: Date.now(), values, files: uploads?.kept() ?? [] })) } catch (full) { console.info(full) }
  }

  function restore() {
    let draft = null
    try { draft = JSON.parse(localStorage.getItem(place)) } catch (broken) { console.info(broken) }
    if (!draft || Date.now() - draft.at > KEEP_DAYS * 864e5) return localStorage.removeItem(place)
    let changed = false
    for (const [name, value, checked] of draft.values) {
      for (const one of controls().filter(c => c.name === name)) {
        if (checked === undefined) { if (name !== 'key' && value && one.value !== value) changed = true; one.value = value } else if (one.value === value) { if (one.checked !== checked) changed = true; one.checked = checked }
      }
    }
    const here = new Set(uploads?.kept().map(file => file.token)) // the server has drawn those that came with a refused form
    for (const file of draft.files) if (!here.has(file.token)) { uploads?.add(file); changed = true }
    restored.hidden = !changed
  }

  form.addEventListener('input', keep)
  form.addEventListener('change', keep)
  form.querySelector('[data-forget]').addEventListener('click', () => { localStorage.removeItem(place); location.href = location.pathname })
  restore()

  const told = form.querySelector('[data-network]'), button = form.querySelector('[data-test="send"]'), label = button.textContent
  let sending = false
  async function send() {
    if (sending) return
    sending = true
    keep()
    button.setAttribute('aria-busy', 'true')
    button.textContent = form.dataset.sending
    try {
      await uploads?.settled()
      const data = new FormData(form)
      if (uploads) data.delete('files')
      const answer = await fetch(form.action, { method: 'POST', body: data, headers: { Accept: 'application/json' } })
      const type = answer.headers.get('Content-Type') || ''
      if (answer.ok && type.includes('json')) {
        localStorage.removeItem(place)
        location.assign((await answer.json()).url)
        return
      }
      if (answer.status >= 500 && answer.status !== 500) throw new TypeError(String(answer.status))
      document.documentElement.dataset.sent = '1'
      HTMLFormElement.prototype.submit.call(form) // the server draws the page with what is wrong
    } catch (cut) {
      console.info(cut)
      told.textContent = form.dataset.offline
      told.hidden = false
      button.textContent = form.dataset.retry
      button.removeAttribute('aria-busy')
      sending = false
    }
  }
  button.textContent = label
  form.addEventListener('submit', event => { event.preventDefault(); send() })
  addEventListener('online', () => { if (!told.hidden) send() })
}

/* Photographs are made smaller (which also takes the place of the picture out of them) and sent ahead, one by one. */
function photographs(form, field, changed) {
  const input = field.querySelector('input[type="file"]'), list = field.querySelector('.files'), words = field.dataset
  const running = new Set()

  input.addEventListener('change', () => {
    for (const file of [...input.files].slice(0, Number(words.most) - kept().length)) queue(file)
    input.value = ''
  })
  addEventListener('online', () => { for (const line of list.querySelectorAll('[data-waiting]')) line.again() })

  function row(name) {
    const line = document.createElement('li'), title = document.createElement('span'), note = document.createElement('small'), remove = document.createElement('button')
    title.textContent = name
    Object.assign(remove, { type: 'button', className: 'link', textContent: words.remove })
    remove.setAttribute('aria-label', `${words.remove} ${name}`)
    remove.addEventListener('click', () => { line.remove(); changed() })
    line.append(title, note, remove)
    list.append(line)
    return { line, note }
  }

  function done(line, note, file) {
    const hidden = Object.assign(document.createElement('input'), { type: 'hidden', name: 'uploads', value: file.token })
    hidden.dataset.name = file.name
    line.append(hidden)
    note.textContent = words.sent
    delete line.dataset.waiting
  }

  async function queue(file) {
    const { line, note } = row(file.name)
    const small = await shrink(file)
    if (small.size > Number(words.max)) { note.textContent = words.tooLarge.replace('{name}', file.name); note.className = 'wrong'; return }
    line.again = async () => {
      note.className = ''
      note.textContent = words.wait
      const data = new FormData()
      data.set('file', small, small.name)
      data.set('csrf_token', form.elements.csrf_token?.value ?? '')
      const work = fetch(words.url, { method: 'POST', body: data, headers: { Accept: 'application/json' } }).then(async answer => {
        const told = await answer.json()
        if (!answer.ok) { note.className = 'wrong'; note.textContent = told.detail; delete line.dataset.waiting; return }
        done(line, note, told)
        changed()
      }).catch(() => { line.dataset.waiting = '1'; note.className = 'wrong'; note.textContent = words.failed.replace('{name}', file.name) })
      running.add(work)
      await work
      running.delete(work)
    }
    await line.again()
  }

  const kept = () => [...list.querySelectorAll('[name="uploads"]')].map(one => ({ token: one.value, name: one.dataset.name || '' }))
  return {
    kept,
    add(file) { const { line, note } = row(file.name); done(line, note, file) },
    async settled() {
      await Promise.all(running)
      if (list.querySelector('[data-waiting]')) { for (const line of list.querySelectorAll('[data-waiting]')) await line.again() }
      if (list.querySelector('[data-waiting]')) throw new TypeError('a photograph waits')
    },
  }
}

async function shrink(file) {
  if (!file.type.startsWith('image/') || file.size < 300000) return file
  try {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
    const scale = Math.min(1, WIDEST / Math.max(picture.width, picture.height))
    const canvas = Object.assign(document.createElement('canvas'), { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) })
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height)
    const blob = await new Promise(resolve => canvas.toBlob(resolve, 'image/jpeg', 0.82))
    if (!blob || blob.size >= file.size) return file
    return new File([blob], file.name.replace(/\.[^.]+$/, '') + '.jpg', { type: 'image/jpeg' })
  } catch (unreadable) { console.info(unreadable); return file }
}
