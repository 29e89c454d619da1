export { scriptedRng, seededRng } from './scripted-rng.ts';
