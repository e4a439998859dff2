/* A first password to be read aloud: four groups without look-alikes, more than 70 bits; made here, never sent before the form is. */
const SMALL = 'abcdefghjkmnpqrstuvwxyz', CAPITAL = 'ABCDEFGHJKLMNPQRSTUVWXYZ', DIGIT = '23456789'

function draw(letters, count) {
  const limit = 256 - 256 % letters.length, found = []
  while (found.length < count) found.push(...[...crypto.getRandomValues(new Uint8Array(16))].filter(byte => byte < limit).map(byte => letters[byte % letters.length]))
  return found.slice(0, count).join('')
}

export const newPassword = () => [draw(CAPITAL, 1) + draw(SMALL, 3), draw(SMALL, 4), draw(CAPITAL, 1) + draw(SMALL, 3), draw(DIGIT, 4)].join('-')
