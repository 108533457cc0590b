// Opens what is heavy when somebody first looks at it, as a map; where that failed, the next look tries again.

/** What is to be called with whether somebody looks; it calls `open` once, and after a failure at the next look. */
export function openedAtFirstLook(open) {
  let looked = false;
  let begun = false;
  return (looks) => {
    const anew = looks && !looked;
    looked = looks;
    if (!anew || begun) return;
    begun = true;
    requestAnimationFrame(() =>
      open().catch((error) => {
        begun = false;
        console.error(error);
      }),
    );
  };
}
