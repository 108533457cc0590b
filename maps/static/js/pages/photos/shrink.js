// A photo small enough for a weak network; drawing it anew leaves behind what the camera wrote into the file.

const LONGEST_PX = 1600;
const QUALITY = 0.8;

/** A smaller JPEG of a picture, or the file itself where this browser cannot read it. */
export async function smaller(file) {
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_PX / Math.max(picture.width, picture.height));
    const sheet = document.createElement("canvas");
    sheet.width = Math.round(picture.width * scale);
    sheet.height = Math.round(picture.height * scale);
    sheet.getContext("2d").drawImage(picture, 0, 0, sheet.width, sheet.height);
    const blob = await new Promise((done) => sheet.toBlob(done, "image/jpeg", QUALITY));
    return blob ?? file;
  } catch {
    return file;
  }
}
