import { createRoot } from 'react-dom/client';
import { must } from '@hanse/kit';
import { Console } from './app.tsx';
import './styles/main.css';

const root = must(document.getElementById('root'), 'the page has a root');
createRoot(root).render(<Console />);
