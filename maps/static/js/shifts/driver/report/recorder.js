// A voice note: half a minute at most, in whatever the phone records. Knows no page.

/** How long a note is at most, in s. */
export const LONGEST_S = 30;

const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const BITS_PER_S = 24000; // speech is well understood

/** Whether this phone can record at all; browsers let secure addresses only. */
export const canRecord = () => Boolean(globalThis.MediaRecorder && navigator.mediaDevices?.getUserMedia);

/** Record until `stop()` is called or the time is over; `note` is what was said. Fails where the microphone is not allowed. */
export async function record() {
  const sound = await navigator.mediaDevices.getUserMedia({ audio: true });
  const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
  const recorder = new MediaRecorder(sound, { mimeType, audioBitsPerSecond: BITS_PER_S });
  const parts = [];
  const stop = () => {
    if (recorder.state !== "inactive") recorder.stop();
  };
  const note = new Promise((done) => {
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    recorder.addEventListener("stop", () => {
      for (const track of sound.getTracks()) track.stop();
      done(new Blob(parts, { type: recorder.mimeType.split(";")[0] }));
    });
  });
  recorder.start();
  setTimeout(stop, LONGEST_S * 1000);
  return { stop, note };
}
