/* Checks on leaving a field. They only warn; the server decides. The words stand in the page, in its language. */
const SIGNS = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const words = () => document.getElementById('toasts').dataset

/** Why a unified social credit code (GB 32100) or a phone number looks wrong; '' when it does not. */
export function refused(kind, value) {
  if (!value) return ''
  if (kind === 'phone') return /^(1\d{10}|0\d{2,3}-?\d{7,8}(-\d{1,5})?)$/.test(value.replace(/\s/g, '')) ? '' : words().phone
  if (kind !== 'uscc') return ''
  const code = value.toUpperCase().replace(/\s/g, '')
  if (code.length !== 18) return words().usccLength.replace('{n}', code.length)
  const bad = [...code].find(sign => !SIGNS.includes(sign))
  if (bad) return words().usccSign.replace('{sign}', bad)
  const sum = [...code.slice(0, 17)].reduce((total, sign, i) => total + SIGNS.indexOf(sign) * (3 ** i % 31), 0)
  return SIGNS[(31 - sum % 31) % 31] === code[17] ? '' : words().usccCheck
}
