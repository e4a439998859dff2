/* Lanes: a card dropped on a lane opens the act that leads there, in a drawer; nothing has happened until it is done. */
import { toast } from './toast.js'

export function startBoards(root, open) {
  for (const board of root.querySelectorAll('[data-board]')) lanes(board, open)
}

function lanes(board, open) {
  let held = null
  const way = lane => held && [...held.querySelectorAll('[data-to]')].find(to => to.dataset.to === lane.dataset.lane)
  const clear = () => { for (const lane of board.querySelectorAll('.lane')) lane.classList.remove('may', 'may-not', 'over') }
  board.addEventListener('dragstart', event => {
    held = event.target.closest('[data-card]')
    if (!held) return
    event.dataTransfer.effectAllowed = 'move'
    event.dataTransfer.setData('text/plain', held.dataset.card)
    for (const lane of board.querySelectorAll('.lane')) if (!lane.contains(held)) lane.classList.add(way(lane)?.dataset.href ? 'may' : 'may-not')
  })
  board.addEventListener('dragend', () => { held = null; clear() })
  board.addEventListener('dragover', event => {
    const lane = event.target.closest('.lane')
    if (!held || !lane || lane.contains(held)) return
    event.preventDefault() // also where it may not go: the drop is what says why
    event.dataTransfer.dropEffect = way(lane)?.dataset.href ? 'move' : 'none'
    for (const other of board.querySelectorAll('.lane.over')) if (other !== lane) other.classList.remove('over')
    lane.classList.add('over')
    if (!way(lane)?.dataset.href) why(lane)
  })
  board.addEventListener('drop', event => {
    const lane = event.target.closest('.lane')
    if (!held || !lane || lane.contains(held)) return
    event.preventDefault()
    const to = way(lane)
    if (to?.dataset.href) open(to.dataset.href)
    clear()
  })
  let said = ''
  const why = lane => {
    const from = held.closest('.lane'), key = `${held.dataset.card}>${lane.dataset.lane}`
    if (said === key) return
    said = key
    toast(way(lane)?.dataset.why || board.dataset.never.replace('{from}', from.dataset.label).replace('{to}', lane.dataset.label))
  }
}
