/** A short word at the foot of the page, above dialogs too; screen readers hear it. */
export function toast(text) {
  const host = document.getElementById('toasts'), line = Object.assign(document.createElement('p'), { textContent: text })
  if (host.matches(':popover-open')) host.hidePopover() // shown anew, it comes to lie on top of what was opened meanwhile
  host.showPopover?.()
  host.append(line)
  setTimeout(() => { line.remove(); if (!host.childElementCount && host.matches(':popover-open')) host.hidePopover() }, 4000)
}
