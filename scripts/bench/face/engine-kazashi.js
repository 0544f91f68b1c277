// kazashi's own pipeline as the kiosk runs it on a frame of its camera: compiled, one scale of the anti-spoofing network and the cues whose turn it is.

import { SpoofEvidence } from '../../../dist/faceauth/antispoof/spoof-evidence.js';
import { FaceFinder } from '../../../dist/faceauth/find-faces.js';
import { lookAt } from '../../../dist/faceauth/look.js';
import { loadFaceModels } from '../../../dist/faceauth/models.js';
import { embedPortrait, warmUpFaceModels } from '../../../dist/faceauth/verifier.js';

export const open = async () => {
  const models = await loadFaceModels();
  await warmUpFaceModels(models);
  const spoof = new SpoofEvidence();
  const finder = new FaceFinder();
  return {
    backend: 'onnxruntime-node, CPU, 1 thread',
    card: (picture) => embedPortrait(models, picture).catch(() => undefined),
    locate: async (picture) => (await finder.find(models, picture)).length > 0,
    recognise: async (picture) => (await lookAt(models, picture, { finder, scales: [] })).embedding,
    judge: async (picture) => {
      const look = await lookAt(models, picture, { finder, scales: spoof.nextScales });
      if (look.embedding === undefined) return undefined;
      spoof.observe(picture, look.face);
      return { embedding: look.embedding, live: spoof.liveness };
    },
  };
};
