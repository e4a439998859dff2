// Checks a letter without a network: the code scanned from paper (Ed25519) or the file (SHA-256, and ECDSA or RSA in a CMS
// envelope). Plain arithmetic on whole numbers, because a page opened from a disk is not given the browser's own
// cryptography everywhere. Nothing here is secret, so nothing needs to take the same time.
"use strict";
const K = JSON.parse(document.getElementById("keys").textContent);

const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
const big = (bytes) => BigInt("0x" + (hex(bytes) || "0"));
const little = (bytes) => big(Uint8Array.from(bytes).reverse());
const mod = (a, m) => ((a % m) + m) % m;
const join = (...parts) => Uint8Array.from(parts.flatMap((part) => Array.from(part)));
function power(base, exponent, m) {
  let result = 1n;
  for (base = mod(base, m); exponent > 0n; exponent >>= 1n, base = base * base % m) if (exponent & 1n) result = result * base % m;
  return result;
}
const inverse = (a, m) => power(a, m - 2n, m);

// SHA-2: the constants are the fractional parts of the roots of the first primes.
const primes = [];
for (let n = 2; primes.length < 80; n++) if (primes.every((p) => n % p)) primes.push(n);
function root(n, degree) { // the whole part of the root of a whole number
  let x = 1n << BigInt(Math.ceil(n.toString(2).length / Number(degree)) + 1);
  for (;;) {
    const y = ((degree - 1n) * x + n / x ** (degree - 1n)) / degree;
    if (y >= x) return x;
    x = y;
  }
}
function sha2(bytes, bits) { // bits: 256 or 512
  const word = BigInt(bits / 8), rounds = bits === 256 ? 64 : 80, block = bits / 4, mask = (1n << word) - 1n;
  const part = (prime, degree) => root(BigInt(prime) << (word * degree), degree) & mask;
  const k = primes.slice(0, rounds).map((p) => part(p, 3n)), h = primes.slice(0, 8).map((p) => part(p, 2n));
  const [A, B, C, D] = bits === 256 ? [[2, 13, 22], [6, 11, 25], [7, 18, 3], [17, 19, 10]]
    : [[28, 34, 39], [14, 18, 41], [1, 8, 7], [19, 61, 6]];
  return bits === 256 ? narrow(bytes, k.map(Number), h.map(Number)) : wide();
  function wide() {
    const turn = (x, n) => ((x >> BigInt(n)) | (x << (word - BigInt(n)))) & mask;
    for (const w of blocks(bytes, block, 16)) {
      const words = [];
      for (let i = 0; i < 16; i++) words.push(big(w.subarray(i * 8, i * 8 + 8)));
      const mix = (x, s) => turn(x, s[0]) ^ turn(x, s[1]) ^ (x >> BigInt(s[2]));
      for (let i = 16; i < rounds; i++) words.push((mix(words[i - 2], D) + words[i - 7] + mix(words[i - 15], C) + words[i - 16]) & mask);
      let [a, b, c, d, e, f, g, z] = h;
      const sum = (x, s) => turn(x, s[0]) ^ turn(x, s[1]) ^ turn(x, s[2]);
      for (let i = 0; i < rounds; i++) {
        const one = z + sum(e, B) + ((e & f) ^ (~e & mask & g)) + k[i] + words[i], two = sum(a, A) + ((a & b) ^ (a & c) ^ (b & c));
        [z, g, f, e, d, c, b, a] = [g, f, e, (d + one) & mask, c, b, a, (one + two) & mask];
      }
      [a, b, c, d, e, f, g, z].forEach((v, i) => { h[i] = (h[i] + v) & mask; });
    }
    return unhex(h.map((v) => v.toString(16).padStart(16, "0")).join(""));
  }
}
function* blocks(bytes, size, lengthBytes) {
  const padded = new Uint8Array(Math.ceil((bytes.length + 1 + lengthBytes) / size) * size);
  padded.set(bytes);
  padded[bytes.length] = 128;
  new DataView(padded.buffer).setBigUint64(padded.length - 8, BigInt(bytes.length) * 8n);
  for (let at = 0; at < padded.length; at += size) yield padded.subarray(at, at + size);
}
function narrow(bytes, k, h) { // SHA-256 in ordinary numbers: letters have a hundred thousand bytes
  const turn = (x, n) => (x >>> n) | (x << (32 - n)), w = new Int32Array(64), H = Int32Array.from(h);
  for (const block of blocks(bytes, 64, 8)) {
    const view = new DataView(block.buffer, block.byteOffset, 64);
    for (let i = 0; i < 16; i++) w[i] = view.getInt32(i * 4);
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15], y = w[i - 2];
      w[i] = w[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + w[i - 7] + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
    }
    let [a, b, c, d, e, f, g, z] = H;
    for (let i = 0; i < 64; i++) {
      const one = (z + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + (k[i] | 0) + w[i]) | 0;
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [z, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    [a, b, c, d, e, f, g, z].forEach((v, i) => { H[i] += v; });
  }
  return unhex(Array.from(H, (v) => (v >>> 0).toString(16).padStart(8, "0")).join(""));
}
const sha256 = (bytes) => sha2(bytes, 256), sha512 = (bytes) => sha2(bytes, 512);

// Ed25519 (RFC 8032)
const P = 2n ** 255n - 19n, L = 2n ** 252n + 27742317777372353535851937790883648493n;
const d25519 = mod(-121665n * inverse(121666n, P), P), I = power(2n, (P - 1n) / 4n, P);
function edPoint(bytes) {
  const copy = Uint8Array.from(bytes), odd = copy[31] >> 7;
  copy[31] &= 127;
  const y = little(copy), u = mod(y * y - 1n, P), v = mod(d25519 * y * y + 1n, P);
  let x = mod(u * power(v, 3n, P) * power(u * power(v, 7n, P), (P - 5n) / 8n, P), P);
  if (mod(v * x * x - u, P) !== 0n) x = mod(x * I, P);
  if (y >= P || mod(v * x * x - u, P) !== 0n) return null;
  if (Number(x & 1n) !== odd) x = mod(-x, P);
  return [x, y, 1n, mod(x * y, P)];
}
function edAdd([a, b, c, e], [f, g, h, i]) {
  const A = mod((b - a) * (g - f), P), B = mod((b + a) * (g + f), P), C = mod(2n * d25519 * e * i, P), D = mod(2n * c * h, P);
  const E = B - A, F = D - C, G = D + C, H = B + A;
  return [mod(E * F, P), mod(G * H, P), mod(F * G, P), mod(E * H, P)];
}
function times(add, point, n, zero) {
  let result = zero;
  for (; n > 0n; n >>= 1n, point = add(point, point)) if (n & 1n) result = add(result, point);
  return result;
}
const edBase = edPoint(unhex("58" + "66".repeat(31)));
function edVerify(publicKey, message, signature) {
  const A = edPoint(publicKey), R = edPoint(signature.subarray(0, 32)), s = little(signature.subarray(32));
  if (!A || !R || s >= L) return false;
  const k = mod(little(sha512(join(signature.subarray(0, 32), publicKey, message))), L), zero = [0n, 1n, 1n, 0n];
  const left = times(edAdd, edBase, s, zero), right = edAdd(R, times(edAdd, A, k, zero));
  return mod(left[0] * right[2] - right[0] * left[2], P) === 0n && mod(left[1] * right[2] - right[1] * left[2], P) === 0n;
}

// ECDSA on P-256 and P-384, RSA (PKCS #1 v1.5); what is signed is the SHA-256 of the message
const CURVES = {
  256: { p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n, n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    g: [0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n, 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n] },
  384: { p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n, n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    g: [0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7n, 0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5fn] },
};
function ecdsa(key, hash, signature) {
  const { p, n, g } = CURVES[key.bits], add = (a, b) => {
    if (!a) return b;
    if (!b) return a;
    if (a[0] === b[0] && mod(a[1] + b[1], p) === 0n) return null;
    const slope = a[0] === b[0] ? mod((3n * a[0] * a[0] - 3n) * inverse(2n * a[1], p), p) : mod((b[1] - a[1]) * inverse(mod(b[0] - a[0], p), p), p);
    const x = mod(slope * slope - a[0] - b[0], p);
    return [x, mod(slope * (a[0] - x) - a[1], p)];
  };
  const [r, s] = children(node(signature, 0), signature).map((part) => big(part.body));
  if (!(r > 0n && r < n && s > 0n && s < n)) return false;
  const w = inverse(s, n), point = unhex(key.point), half = (point.length - 1) / 2;
  const Q = [big(point.subarray(1, 1 + half)), big(point.subarray(1 + half))];
  const found = add(times(add, g, mod(big(hash) * w, n), null), times(add, Q, mod(r * w, n), null));
  return found !== null && mod(found[0], n) === r;
}
function rsa(key, hash, signature) {
  const n = BigInt("0x" + key.modulus), wanted = "3031300d060960864801650304020105000420" + hex(hash);
  const shown = power(big(signature), BigInt(key.exponent), n).toString(16).padStart(key.modulus.length, "0");
  return shown === "0001" + "ff".repeat((key.modulus.length - 6 - wanted.length) / 2) + "00" + wanted;
}

// DER, as far as a seal needs it
function node(bytes, at) {
  let length = bytes[at + 1], start = at + 2;
  if (length & 128) {
    const more = length & 127;
    length = Number(big(bytes.subarray(start, start + more)));
    start += more;
  }
  if (!(start + length <= bytes.length)) throw new Error("der");
  return { tag: bytes[at], start: at, body: bytes.subarray(start, start + length), whole: bytes.subarray(at, start + length), end: start + length };
}
function children(parent) {
  const found = [];
  for (let at = 0; at < parent.body.length;) {
    const next = node(parent.body, at);
    found.push(next);
    at = next.end;
  }
  return found;
}

// The answers
function scanned(text) {
  const found = /\/verify\/([0-9A-Z]{4,16})#([1-9][0-9]{200,960})$/.exec(text.trim());
  if (!found) return { answer: text.includes("/verify/") ? "forged" : "foreign" };
  const digits = BigInt(found[2]).toString(16), whole = unhex(digits.length % 2 ? "0" + digits : digits);
  const body = whole.subarray(0, -64), words = new TextDecoder("gb18030", { fatal: true });
  const end = 13 + body[12], stop = end + 1 + body[end], key = K.codes.find((one) => one.key === hex(body.subarray(1, 9)));
  const message = join(new TextEncoder().encode("yingshang letter code\0" + found[1] + "\0"), body);
  if (body[0] !== 1 || stop + 32 !== body.length || !key || !edVerify(unhex(key.point), message, whole.subarray(-64))) return { answer: "forged" };
  const day = new Date(Date.UTC(2000, 0, 1) + Number(big(body.subarray(9, 12))) * 86400000).toISOString().slice(0, 10);
  return { answer: key.revoked ? "revoked" : "genuine", number: words.decode(body.subarray(13, end)), day, organ: words.decode(body.subarray(end + 1, stop)) };
}
function file(bytes) {
  const text = new TextDecoder("latin1").decode(bytes);
  if (!text.startsWith("%PDF-")) return { answer: "foreign" };
  const range = /\/ByteRange ?\[\s*0\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]/.exec(text);
  if (!range) return { answer: text.slice(-2048).includes("%%EOF") ? "foreign" : "truncated" };
  const [start, end, rest] = range.slice(1).map(Number);
  if (end + rest > bytes.length) return { answer: "truncated" };
  const envelope = unhex(text.slice(start + 1, end - 1)), inside = hex(envelope);
  const key = K.seals.find((one) => inside.includes(one.point || one.modulus));
  if (!key) return { answer: K.seals.some((one) => inside.includes(hex(new TextEncoder().encode(one.organ)))) ? "forged" : "foreign" };
  const altered = { answer: "altered", organ: key.organ };
  if (end + rest !== bytes.length) return altered;
  try {
    const signed = children(children(children(node(envelope, 0))[1])[0]), info = children(children(signed[signed.length - 1])[0]);
    const attributes = info.find((one) => one.tag === 0xa0), signature = info.filter((one) => one.tag === 0x04)[0].body;
    const digest = children(attributes).map((one) => children(one)).find(([oid]) => hex(oid.body) === "2a864886f70d010904")[1];
    const covered = join(bytes.subarray(0, start), bytes.subarray(end));
    if (hex(sha256(covered)) !== hex(children(digest)[0].body)) return altered;
    const hash = sha256(join([0x31], attributes.whole.subarray(1)));
    if (!(key.modulus ? rsa(key, hash, signature) : ecdsa(key, hash, signature))) return altered;
  } catch {
    return altered;
  }
  const day = /\/M ?\(D:(\d{4})(\d\d)(\d\d)/.exec(text);
  return { answer: key.revoked ? "revoked" : "genuine", organ: key.organ, day: day ? day.slice(1).join("-") : "" };
}

function show(found) {
  const box = document.getElementById("answer");
  box.className = found.answer;
  box.dataset.answer = found.answer;
  document.getElementById("said").textContent = document.getElementById("say-" + found.answer).textContent;
  for (const name of ["number", "organ", "day"]) {
    document.getElementById(name).textContent = found[name] || "";
    document.getElementById("row-" + name).hidden = !found[name];
  }
  box.hidden = false;
  box.focus();
}
function tried(work) {
  try { show(work()); } catch { show({ answer: "foreign" }); }
}
document.getElementById("by-code").addEventListener("submit", (event) => {
  event.preventDefault();
  tried(() => scanned(document.getElementById("text").value));
});
document.getElementById("file").addEventListener("change", async (event) => {
  const chosen = event.target.files[0];
  if (!chosen) return;
  const bytes = new Uint8Array(await chosen.arrayBuffer());
  tried(() => file(bytes));
});
