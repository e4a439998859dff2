/* Charts: the library is fetched by the first page that has one, and draws in the colours of the theme. */
let library = null

export function startCharts(root) {
  const places = [...root.querySelectorAll('[data-chart]')]
  if (!places.length) return
  library ??= new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement('script'), { src: places[0].dataset.lib })
    script.onload = () => resolve(window.echarts)
    script.onerror = () => reject(new Error(`no chart library at ${script.src}`))
    document.head.append(script)
  })
  library.then(echarts => places.forEach(place => draw(echarts, place))).catch(failed => {
    console.warn(failed) // the table says the same
    for (const place of places) { place.hidden = true; const table = place.parentElement.querySelector('details'); if (table) table.open = true }
  })
}

function draw(echarts, place) {
  const told = JSON.parse(place.dataset.chart), chart = echarts.init(place)
  const paint = () => chart.setOption(options(told), true)
  paint()
  place.dataset.drawn = ''
  chart.on('click', ({ dataIndex: at }) => { if (told.urls[at]) location.href = told.urls[at] })
  new ResizeObserver(() => chart.resize()).observe(place)
  new MutationObserver(paint).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'data-size'] })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint)
  addEventListener('beforeprint', () => chart.resize())
}

function options(told) {
  const style = getComputedStyle(document.documentElement), token = name => style.getPropertyValue(`--${name}`).trim()
  const size = parseFloat(style.fontSize) * .857, ink = token('ink-2'), faint = token('line-2')
  const tones = { b: token('brand'), g: token('good'), y: token('soon'), r: token('late'), n: token('chart-6') }
  const palette = ['chart-1', 'chart-2', 'chart-3', 'chart-4', 'chart-5', 'chart-6'].map(token)
  const text = { color: ink, fontFamily: token('font'), fontSize: size }
  const said = value => value === null || value === undefined ? '—' : `${Number(value).toLocaleString()}${told.percent ? '%' : ''}${told.unit ? ` ${told.unit}` : ''}`
  const common = {
    animation: false, color: palette, textStyle: text,
    tooltip: { renderMode: 'richText', trigger: told.kind === 'ring' ? 'item' : 'axis', axisPointer: { type: told.kind === 'line' ? 'line' : 'shadow' }, backgroundColor: token('paper'), borderColor: token('line'), textStyle: { ...text, color: token('ink') }, valueFormatter: said },
  }
  const tone = one => one.tone && tones[one.tone] ? { itemStyle: { color: tones[one.tone] }, lineStyle: { color: tones[one.tone] } } : {}
  if (told.kind === 'ring') return { ...common, series: [{ type: 'pie', radius: ['52%', '74%'], center: ['50%', '56%'], label: { ...text, formatter: '{b} {c}' }, data: told.labels.map((name, i) => ({ name, value: told.series[0].values[i] })) }] }
  const names = { type: 'category', data: told.labels, axisLabel: { ...text, interval: told.flat || told.labels.length <= 12 ? 0 : 'auto', hideOverlap: true }, axisTick: { show: false }, axisLine: { lineStyle: { color: token('line') } }, inverse: told.flat }
  const numbers = { type: 'value', max: told.percent ? 100 : undefined, minInterval: told.percent ? undefined : 1, axisLabel: { ...text, formatter: value => `${value.toLocaleString()}${told.percent ? '%' : ''}` }, splitLine: { lineStyle: { color: faint } } }
  return {
    ...common, grid: { left: 4, right: 20, top: 12, bottom: 4, containLabel: true },
    xAxis: told.flat ? numbers : names, yAxis: told.flat ? names : numbers,
    series: told.series.map(one => ({ name: one.name, type: told.kind === 'line' ? 'line' : 'bar', stack: told.kind === 'stack' ? 'all' : undefined, data: one.values, barMaxWidth: 28, symbolSize: 6, connectNulls: false, ...tone(one) })),
  }
}
