import { test } from 'tap';
import { ascii, concat, equal, fromHex, hex, wipe } from '../../src/core/bytes.ts';

test('hexadecimal text and bytes turn into each other', async (t) => {
  t.equal(hex(fromHex('00 a4 04 0C')), '00a4040c');
  t.throws(() => fromHex('0g'), RangeError);
  t.throws(() => fromHex('0'), RangeError);
});

test('bytes are joined, compared and wiped', async (t) => {
  const secret = concat(ascii('12'), ascii('34'));
  t.ok(equal(secret, ascii('1234')));
  t.notOk(equal(secret, ascii('1235')));
  wipe(secret, undefined);
  t.same([...secret], [0, 0, 0, 0]);
  t.throws(() => ascii('暗'), RangeError);
});
