import { render } from 'preact';
import { App } from './app';
import { AlmanacContext, createAlmanac } from './almanac';
import { speak } from './time/wording';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/frame.css';
import './styles/margin.css';
import './styles/tasks.css';
import './styles/dialogs.css';
import './styles/activity.css';
import './styles/entrance.css';

speak(navigator.languages);
const almanac = createAlmanac();
almanac.preferences.theme.subscribe((theme) => {
  document.documentElement.dataset.theme = theme;
});

const start = () =>
  render(
    <AlmanacContext.Provider value={almanac}>
      <App />
    </AlmanacContext.Provider>,
    document.body,
  );
if (document.readyState === 'loading') addEventListener('DOMContentLoaded', start);
else start();
