/** The pages of trade finance: one chunk that is loaded when the first of them is opened. */
export { HoldingsPage } from './holdings.tsx';
export { StoryPage } from './story.tsx';
export { SupervisionPage } from './supervision.tsx';
export { TitlePage } from './title.tsx';
