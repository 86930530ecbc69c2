/** Before anything is drawn: the language and the look that the reader has chosen, here or in the console, which keeps them under the same names. */
{
  const { documentElement: root } = document
  const language = localStorage.getItem('understudy.language')
  const look = localStorage.getItem('understudy.theme')
  const address = new URL(location.href)
  // The server cannot know what was chosen; an address that asks for a language has been chosen as well.
  if ((language === 'en' || language === 'zh') && !root.lang.startsWith(language) && !address.searchParams.has('lang')) {
    address.searchParams.set('lang', language)
    location.replace(address)
  }
  if (look === 'light' || look === 'dark') root.dataset['theme'] = look
  // A link that works before anything else is there; whoever follows it stays at the operation that he reads.
  document.addEventListener('click', ({ target }) => {
    const link = target instanceof Element ? target.closest('a#language') : null
    if (!(link instanceof HTMLAnchorElement)) return
    localStorage.setItem('understudy.language', root.lang === 'en' ? 'zh' : 'en')
    link.hash = location.hash
  })
}
