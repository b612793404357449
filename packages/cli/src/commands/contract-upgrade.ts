export { runUpgrade as run } from './contract-deploy.ts';
