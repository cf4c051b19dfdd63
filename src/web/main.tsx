import { render } from 'preact';

const place = document.querySelector('#app');
if (place) render(<h1>Doorbell</h1>, place);
