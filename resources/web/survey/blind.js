/**
 * The client's side of blind signatures (RFC 9474, RSABSSA-SHA384-PSS-Deterministic): the server signs something that it does not see. The numbers are BigInt, which does not hide from
 * the clock what it reckons with; but only this device sees that clock. Hashing and verifying is WebCrypto's. Knows no `document` and no `window`.
 */

import { join, randomBytes, toBase64url } from '../bytes.js';

/** @import {Bytes} from '../bytes.js' */

const HASH = 48;
const EXPONENT = 65537n;

/** @param {Bytes} bytes big-endian */
export const toNumber = (bytes) => BigInt(`0x${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`);

/** @param {bigint} number @param {number} length @returns {Bytes} */
export const toBytes = (number, length) =>
  Uint8Array.from(number.toString(16).padStart(2 * length, '0').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** @param {bigint} base @param {bigint} exponent @param {bigint} n */
function power(base, exponent, n) {
  let result = 1n;
  for (let square = base, rest = exponent; rest > 0n; rest >>= 1n, square = (square * square) % n) {
    if ((rest & 1n) === 1n) result = (result * square) % n;
  }
  return result;
}

/** By Euclid. @param {bigint} number @param {bigint} n @returns {bigint | null} null if there is none */
function inverse(number, n) {
  let [one, other, factor, next] = [n, number % n, 0n, 1n];
  while (other > 0n) {
    const times = one / other;
    [one, other, factor, next] = [other, one - times * other, next, factor - times * next];
  }
  return one === 1n ? ((factor % n) + n) % n : null;
}

/** @param {Bytes[]} parts @returns {Promise<Bytes>} */
const sha384 = async (...parts) => new Uint8Array(await crypto.subtle.digest('SHA-384', join(...parts)));

/** MGF1 (RFC 8017, B.2.1). @param {Bytes} seed @param {number} length */
async function mask(seed, length) {
  const rounds = Array.from({ length: Math.ceil(length / HASH) }, (_, count) => sha384(seed, Uint8Array.of(0, 0, 0, count)));
  return join(...(await Promise.all(rounds)));
}

/** EMSA-PSS-ENCODE (RFC 8017, 9.1.1). @param {Bytes} message @param {number} bits @param {Bytes} salt */
async function encode(message, bits, salt) {
  const length = Math.ceil(bits / 8);
  const digest = await sha384(new Uint8Array(8), await sha384(message), salt);
  const block = new Uint8Array(length - HASH - 1);
  block[block.length - salt.length - 1] = 1;
  block.set(salt, block.length - salt.length);
  const masks = await mask(digest, block.length);
  const masked = block.map((byte, place) => byte ^ (masks[place] ?? 0));
  masked[0] = (masked[0] ?? 0) & (0xff >> (8 * length - bits));
  return join(masked, digest, Uint8Array.of(0xbc));
}

/** A number of chance that has an inverse, as that inverse. @param {bigint} n @param {number} length */
function chosen(n, length) {
  for (;;) {
    const found = toNumber(randomBytes(length));
    if (found < n && inverse(found, n) !== null) return found;
  }
}

/**
 * Hides a message (RFC 9474, section 4.2).
 * @param {Bytes} modulus @param {Bytes} message @param {{salt?: Bytes, inverse?: Bytes}} given by test vectors only
 * @returns {Promise<{blinded: Bytes, inverse: Bytes}>} `inverse` is needed to read the answer, and is nobody else's
 */
export async function blind(modulus, message, given = {}) {
  const n = toNumber(modulus);
  const encoded = toNumber(await encode(message, n.toString(2).length - 1, given.salt ?? randomBytes(HASH)));
  const back = given.inverse === undefined ? chosen(n, modulus.length) : toNumber(given.inverse);
  const factor = inverse(back, n);
  if (factor === null || inverse(encoded, n) === null) throw new Error('no inverse');
  return { blinded: toBytes((encoded * power(factor, EXPONENT, n)) % n, modulus.length), inverse: toBytes(back, modulus.length) };
}

/**
 * The signature out of what the server made of the hidden message (RFC 9474, section 4.4).
 * @param {Bytes} modulus @param {Bytes} message @param {Bytes} back the inverse @param {Bytes} signed
 * @returns {Promise<Bytes | null>} null if it was signed with another key
 */
export async function finalize(modulus, message, back, signed) {
  const n = toNumber(modulus);
  const signature = toBytes((toNumber(signed) * toNumber(back)) % n, modulus.length);
  const jwk = { kty: 'RSA', n: toBase64url(modulus), e: 'AQAB', alg: 'PS384', ext: true };
  const key = await crypto.subtle.importKey('jwk', jwk, { name: 'RSA-PSS', hash: 'SHA-384' }, false, ['verify']);
  return (await crypto.subtle.verify({ name: 'RSA-PSS', saltLength: HASH }, key, signature, message)) ? signature : null;
}
