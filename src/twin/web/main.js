// Starts the parts of the page. Each part draws its own corner from the one store.

import { byId } from './dom.js';
import { startFacts } from './facts.js';
import { startGuide } from './guide.js';
import { startHardware } from './hardware.js';
import { startMaker } from './maker.js';
import { startPanel } from './panel.js';
import { startPeople } from './people.js';
import { startSound } from './sound.js';
import { onChange, startStore } from './store.js';
import { startTray } from './tray.js';
import { startWords } from './words.js';

onChange(({ twin }) => {
  if (twin) byId('terminal-link').href = twin.terminal;
});
for (const start of [
  startMaker,
  startPanel,
  startTray,
  startPeople,
  startHardware,
  startSound,
  startFacts,
  startGuide,
  startWords,
  startStore,
])
  start();
