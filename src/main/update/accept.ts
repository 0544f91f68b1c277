// Whether a sound bundle is for this box.

import { compareVersions, type Manifest, refuseBundle } from './manifest.ts';

/** Format of the data directory that this program reads and writes. */
export const DATA_SCHEMA = 1;

export interface ThisBox {
  readonly version: string;
  readonly architecture: Manifest['architecture'];
  readonly dataSchema: number;
  /** An older or the same version is wanted. */
  readonly older: boolean;
}

/** Throws input/invalid with what does not fit. */
export const accept = ({ version, architecture, dataSchema }: Manifest, box: ThisBox): void => {
  const what = `update ${version}`;
  if (architecture !== box.architecture) throw refuseBundle(what, `is for ${architecture}, this box is ${box.architecture}`);
  // A way back needs a copy of the data as they were, and nothing makes one yet.
  if (dataSchema !== box.dataSchema)
    throw refuseBundle(what, `keeps its data in format ${dataSchema}, this box in ${box.dataSchema}: flash a new card instead`);
  if (!box.older && compareVersions(version, box.version) <= 0)
    throw refuseBundle(what, `is not newer than ${box.version}, which runs; give --older where that is meant`);
};
