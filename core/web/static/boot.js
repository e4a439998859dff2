/* Before the first paint: say that scripts run, so that what they fold away never flashes. */
document.documentElement.classList.add('js')
try { document.documentElement.dataset.side = localStorage.getItem('ys:side') ?? '' } catch (kept) { console.warn(kept) } // a browser that keeps nothing
