import assert from 'node:assert/strict';
import { constants, createPrivateKey, createPublicKey, generateKeyPairSync, privateDecrypt, verify } from 'node:crypto';
import test from 'node:test';

import { randomBytes } from '../../../resources/web/bytes.js';
import { blind, finalize } from '../../../resources/web/survey/blind.js';
import { golden } from './golden.js';

const bytes = (hex) => new Uint8Array(Buffer.from(hex.replace(/^0x/, ''), 'hex'));

for (const vector of golden('survey').rfc9474) {
  test(`RFC 9474, appendix A: ${vector.name}`, async () => {
    const n = bytes(vector.n);
    const message = bytes(vector.msg_prefix + vector.msg);
    const made = await blind(n, message, { salt: bytes(vector.salt), inverse: bytes(vector.inv) });
    assert.deepEqual(made.blinded, bytes(vector.blinded_msg));
    assert.deepEqual(await finalize(n, message, made.inverse, bytes(vector.blind_sig)), bytes(vector.sig));
    assert.equal(await finalize(n, randomBytes(32), made.inverse, bytes(vector.blind_sig)), null);
  });
}

/** A signer by OpenSSL: RSA without any padding. */
function signer() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const n = new Uint8Array(Buffer.from(privateKey.export({ format: 'jwk' }).n, 'base64url'));
  return { n, key: privateKey, sign: (blinded) => new Uint8Array(privateDecrypt({ key: createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })), padding: constants.RSA_NO_PADDING }, blinded)) };
}

test('a stranger verifies what was signed unseen', async () => {
  const { n, key, sign } = signer();
  const message = randomBytes(61);
  const made = await blind(n, message);
  const signature = await finalize(n, message, made.inverse, sign(made.blinded));
  const pss = { key: createPublicKey(key), padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 };
  assert.ok(verify('sha384', message, pss, signature));
});

test('the same message never looks the same', async () => {
  const { n } = signer();
  const message = randomBytes(61);
  const [one, other] = [await blind(n, message), await blind(n, message)];
  assert.notDeepEqual(one.blinded, other.blinded);
});

test('a signature of another key is thrown away', async () => {
  const [pinned, other] = [signer(), signer()];
  const made = await blind(pinned.n, randomBytes(61));
  made.blinded[0] = 0; // so that it is a number below the other modulus as well
  assert.equal(await finalize(pinned.n, randomBytes(61), made.inverse, other.sign(made.blinded)), null);
});
