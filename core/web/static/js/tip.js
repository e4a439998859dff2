/* Why a button cannot be used: said beside it for the pointer, the keyboard and the finger, above everything and inside the screen. */
let shown = null

const tipOf = event => event.target instanceof Element && event.target.closest('.tip:has([aria-disabled="true"])')

function show(tip) {
  if (shown === tip) return
  hide()
  const text = tip.querySelector('[role="tooltip"]'), box = tip.getBoundingClientRect()
  text.popover = 'manual'
  text.showPopover()
  const { offsetWidth: wide, offsetHeight: high } = text, below = box.bottom + high < innerHeight
  place(text, Math.min(Math.max(8, box.left + (box.width - wide) / 2), innerWidth - wide - 8), below ? box.bottom : box.top - high)
  shown = tip
}

function hide() {
  const text = shown?.querySelector('[role="tooltip"]')
  if (text?.matches(':popover-open')) text.hidePopover()
  shown = null
}

/** Put what is fixed at a point of the screen, whatever box of the page it is reckoned from. */
export function place(fixed, x, y) {
  Object.assign(fixed.style, { position: 'fixed', right: 'auto', bottom: 'auto', left: '0px', top: '0px' })
  const from = fixed.getBoundingClientRect()
  Object.assign(fixed.style, { left: `${x - from.left}px`, top: `${y - from.top}px` })
}

export function startTips() {
  for (const arrives of ['pointerover', 'focusin', 'click']) document.addEventListener(arrives, event => { const tip = tipOf(event); if (tip) show(tip); else if (arrives === 'click') hide() })
  for (const leaves of ['pointerout', 'focusout']) document.addEventListener(leaves, event => { if (shown && event.pointerType !== 'touch' && !shown.contains(event.relatedTarget)) hide() })
  document.addEventListener('keydown', event => { if (event.key === 'Escape') hide() })
  addEventListener('scroll', hide, { capture: true, passive: true })
}
