/* Attachments: choose, drag or paste several; each shows its progress. Without an upload address they go with the form. */
const text = (words, file) => words.replace('{name}', file.name)
const kilobytes = n => n < 1048576 ? `${(n / 1024).toFixed(0)} KB` : `${(n / 1048576).toFixed(1)} MB`

export function startUploads(root) {
  for (const link of root.querySelectorAll('a[data-preview]')) link.addEventListener('click', event => { // a letter or a file, looked at without leaving the page
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    preview(link.dataset.preview, link.href, /\.(png|jpe?g)$/i.test(link.dataset.preview))
  })
  for (const box of root.querySelectorAll('[data-upload]')) upload(box)
}

function upload(box) {
  const input = box.querySelector('input[type=file]'), list = box.querySelector('.files'), form = input.form, words = box.dataset
  const allowed = (input.accept || '').split(',').map(kind => kind.trim().toLowerCase()).filter(Boolean)
  let line = Promise.resolve() // one after the other: each is a fact of its own about the same record
  const add = files => {
    if (!words.upload) { // posted with the form: the browser's own list is what is sent
      if (files !== input.files) { const hold = new DataTransfer(); for (const file of [...(input.multiple ? input.files : []), ...files]) hold.items.add(file); input.files = hold.files }
      list.replaceChildren(...[...input.files].map(file => row(file, complaint(file))))
      return
    }
    for (const file of files) {
      const wrong = complaint(file), li = row(file, wrong)
      list.append(li)
      if (!wrong) line = line.then(() => li.isConnected ? send(file, li) : null)
    }
    input.value = ''
  }
  const complaint = file => {
    if (words.max && file.size > Number(words.max)) return text(words.tooLarge, file)
    const fits = allowed.some(kind => kind.startsWith('.') ? file.name.toLowerCase().endsWith(kind) : kind.endsWith('/*') ? file.type.startsWith(kind.slice(0, -1)) : file.type === kind)
    return allowed.length && !fits ? text(words.wrongKind, file) : ''
  }
  const row = (file, wrong) => {
    const li = document.createElement('li'), name = Object.assign(document.createElement('span'), { textContent: wrong || file.name, className: wrong ? 'wrong' : '' })
    li.append(name, Object.assign(document.createElement('small'), { textContent: kilobytes(file.size) }))
    if (!wrong && /^image\/(png|jpeg|webp|gif)$/.test(file.type)) li.append(button(words.preview, () => preview(file.name, URL.createObjectURL(file), true)))
    if (words.upload || wrong) li.append(button(words.remove, () => li.remove()))
    return li
  }
  const send = (file, li, again = 2) => new Promise(done => {
    const bar = Object.assign(document.createElement('progress'), { max: file.size || 1, value: 0 }), request = new XMLHttpRequest(), body = new FormData()
    bar.setAttribute('aria-label', file.name)
    li.append(bar)
    body.append('file', file)
    request.open('POST', words.upload)
    request.setRequestHeader('X-CSRFToken', document.querySelector('meta[name="csrf-token"]')?.content ?? form?.elements.csrf_token?.value ?? '')
    request.setRequestHeader('Accept', 'application/json')
    request.upload.onprogress = event => { bar.value = event.loaded }
    const failed = why => { bar.remove(); const name = li.querySelector('span'); name.textContent = why ? `${file.name} · ${why}` : text(words.failed, file); name.className = 'wrong'; done() }
    request.onerror = () => failed('')
    request.onload = () => {
      if (request.status === 409 && again) { bar.remove(); return done(send(file, li, again - 1)) } // the record was changed meanwhile, which is no matter to a new paper
      let answer = {}
      try { answer = JSON.parse(request.responseText) } catch (broken) { console.warn(broken) }
      if (request.status >= 300 || answer.id === undefined) return failed(answer.detail)
      bar.remove()
      done()
      if (answer.url) { const name = li.querySelector('span'); name.replaceChildren(Object.assign(document.createElement('a'), { href: answer.url, textContent: answer.name ?? file.name })); if (!words.keep) return li.querySelector('button:last-of-type')?.remove() }
      li.append(Object.assign(document.createElement('input'), { type: 'hidden', name: words.name, value: answer.id }))
      box.dispatchEvent(new Event('change', { bubbles: true }))
    }
    request.send(body)
  })
  const button = (label, act) => { const b = Object.assign(document.createElement('button'), { type: 'button', className: 'link', textContent: label }); b.addEventListener('click', act); return b }
  input.addEventListener('change', () => add(input.files))
  for (const kind of ['dragover', 'dragenter']) box.addEventListener(kind, event => { event.preventDefault(); box.classList.add('over') })
  for (const kind of ['dragleave', 'drop']) box.addEventListener(kind, () => box.classList.remove('over'))
  box.addEventListener('drop', event => { event.preventDefault(); add(event.dataTransfer.files) })
  const pasted = event => { if (box.isConnected && event.clipboardData.files.length) { event.preventDefault(); add(event.clipboardData.files) } }
  if (words.upload && !box.closest('dialog')) document.addEventListener('paste', event => { if (!document.querySelector('dialog[open]')) pasted(event) })
  else form?.addEventListener('paste', pasted)
}

function preview(name, address, picture) {
  const dialog = Object.assign(document.createElement('dialog'), { className: 'preview' }), inside = document.createElement('div')
  const header = document.createElement('header'), close = Object.assign(document.createElement('button'), { type: 'button', className: 'x', textContent: '×' })
  close.dataset.close = ''
  close.setAttribute('aria-label', document.querySelector('#drawer [data-close]').getAttribute('aria-label'))
  dialog.setAttribute('aria-label', name)
  inside.className = 'in'
  header.append(Object.assign(document.createElement('h2'), { textContent: name }), close)
  inside.append(picture ? Object.assign(document.createElement('img'), { src: address, alt: name }) : Object.assign(document.createElement('iframe'), { src: address, title: name }))
  dialog.append(header, inside)
  document.body.append(dialog)
  dialog.addEventListener('close', () => { if (address.startsWith('blob:')) URL.revokeObjectURL(address); dialog.remove() })
  dialog.showModal()
}
