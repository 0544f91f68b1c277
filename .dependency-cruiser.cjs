// Who may import whom (docs/architecture.md). Type-only imports count.
const folder = (name) => `^src/${name}/`;
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^src/', pathNot: [from, folder('core'), ...allowed] },
});
const oneFile = (pkg, files) => ({
  name: `only-${pkg.replace(/[^a-z0-9]+/gi, '-')}`,
  comment: `${pkg} is imported by ${files.join(', ')} alone`,
  severity: 'error',
  from: { path: '^src/', pathNot: files },
  to: { path: `node_modules/${pkg}/` },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^(i2c-bus|onoff|node-hid|smartcard)$' } },
    { name: 'nothing-imports-test', severity: 'error', from: { path: '^src/' }, to: { path: '^(test|scripts)/', pathNot: '^scripts/install-models\\.' } },
    only('core-imports-nothing', folder('core'), [], 'core has no I/O and no siblings'),
    only('config-alone', folder('config'), [], 'config knows core alone'),
    only('visit-alone', folder('visit'), [], 'the visit knows no hardware and no pixels'),
    only('card-alone', folder('card'), [], 'the card layer knows core alone'),
    only('display-alone', folder('display'), [], 'the display knows core alone'),
    only('uplink-alone', folder('uplink'), [], 'the uplink knows core alone'),
    only('device-alone', folder('device'), ['^src/card/ports\\.ts$'], 'drivers know core, and nfc the card ports'),
    only('faceauth-alone', folder('faceauth'), ['^src/card/ports\\.ts$'], 'faceauth knows core and the card ports'),
    only('terminal-apart', folder('terminal'), [folder('config'), folder('uplink/contract'), '^src/uplink/(seal|keys)[^/]*\\.ts$'], 'another process: it shares the contract and the seal'),
    only('twin-on-ports', folder('twin'), ['/ports\\.ts$', '/twin/', '^src/faceauth/camera/twin'], 'the twin stands on ports and twins'),
    {
      name: 'only-main-composes',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/main' },
      to: { path: '^src/main' },
    },
    oneFile('xstate', [folder('visit')]),
    oneFile('mqtt', ['^src/uplink/link\\.ts$', '^src/terminal/[^/]*(mqtt|link)[^/]*\\.ts$']),
    oneFile('aedes', ['^src/twin/']),
    oneFile('onnxruntime-node', ['^src/faceauth/']),
    oneFile('sharp', ['^src/display/', '^src/faceauth/', '^src/main/']),
    oneFile('lowdb', ['^src/uplink/']),
    oneFile('libsql', ['^src/terminal/']),
    oneFile('(i2c-bus|onoff|node-hid|smartcard)', ['^src/device/']),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'], extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'] },
  },
};
