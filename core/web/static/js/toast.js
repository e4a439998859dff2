/** A short word at the foot of the page; screen readers hear it. */
export function toast(text) {
  const line = Object.assign(document.createElement('p'), { textContent: text })
  document.getElementById('toasts').append(line)
  setTimeout(() => line.remove(), 3000)
}
