// Call `fn` once the caller has been quiet for `wait` milliseconds.
export function debounce(fn, wait = 200) {
  let timer = null;
  let lastArgs;

  function flush() {
    timer = null;
    fn.apply(this, lastArgs);
  }

  function debounced(...args) {
    lastArgs = args;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(flush.bind(this), wait);
  }

  debounced.cancel = () => {
    clearTimeout(timer);
    timer = null;
  };

  return debounced;
}

const box = document.querySelector('#search');

if (box) {
  const search = debounce(async (event) => {
    const query = event.target.value.trim();
    if (!query) return;
    const answer = await fetch(`/search?q=${encodeURIComponent(query)}`);
    if (!answer.ok) {
      console.warn('search failed', answer.status);
      return;
    }
    render(await answer.json());
  });
  box.addEventListener('input', search);
}

function render(hits) {
  const list = document.querySelector('#hits');
  list.replaceChildren(
    ...hits.map((hit) => {
      const li = document.createElement('li');
      li.textContent = hit.title;
      return li;
    }),
  );
}
