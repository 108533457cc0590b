// A photo small enough for a weak network; drawing it anew leaves behind what the camera wrote into the file.

const LONGEST_PX = 1600;
const QUALITY = 0.8;

/** A smaller JPEG of a picture, or the file itself where this browser cannot read it. */
export async function smaller(file) {
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_PX / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return blob ?? file;
  } catch {
    return file;
  }
}
