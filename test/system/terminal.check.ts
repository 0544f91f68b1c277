import axe from 'axe-core';
import { test } from 'tap';

test('the accessibility judge is there', (t) => {
  t.match(axe.source, /axe/);
  t.end();
});
