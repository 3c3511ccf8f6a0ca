// The shown screen of app/media/synthetic_screen.py in a page of a test: read here, and drawn here for the other way.
"use strict";

const SIZE = { width: 1920, height: 1080 };
const PLACE = { x: 96, y: 780 };
const CELL = 6;
const GRID = { rows: 32, columns: 128 };
const NUMBER_BITS = 16;

/** The cells of a page: its number, highest bit first, then the low bits of xorshift32 begun with the number plus one. */
function pattern(page) {
  const bits = Array.from({ length: NUMBER_BITS }, (_, place) => (page >> (NUMBER_BITS - 1 - place)) & 1);
  let state = page + 1;
  while (bits.length < GRID.rows * GRID.columns) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bits.push(state & 1);
  }
  return bits;
}

/** What a video element shows: its size, the page number, and the share of cells that are wrong. */
function readScreen(video) {
  const { videoWidth: width, videoHeight: height } = video;
  if (width === 0) return null;
  const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
  context.drawImage(video, 0, 0);
  const pixels = context.getImageData(0, 0, width, height).data;
  const seen = [];
  for (let cell = 0; cell < GRID.rows * GRID.columns; cell += 1) {
    const x = Math.floor(((PLACE.x + CELL * ((cell % GRID.columns) + 0.5)) * width) / SIZE.width);
    const y = Math.floor(((PLACE.y + CELL * (Math.floor(cell / GRID.columns) + 0.5)) * height) / SIZE.height);
    seen.push(pixels[(y * width + x) * 4 + 1] > 127 ? 1 : 0);
  }
  const page = seen.slice(0, NUMBER_BITS).reduce((number, bit) => number * 2 + bit, 0);
  const right = pattern(page);
  return { width, height, page, wrong: seen.filter((bit, place) => bit !== right[place]).length / seen.length };
}

/** A track of a screen that stands still but for one pixel, with the pattern of that page. */
function drawnScreen(page) {
  const canvas = Object.assign(document.createElement("canvas"), SIZE);
  const context = canvas.getContext("2d");
  let turn = 0;
  const draw = () => {
    context.fillStyle = "white";
    context.fillRect(0, 0, SIZE.width, SIZE.height);
    pattern(page).forEach((bit, cell) => {
      context.fillStyle = bit ? "white" : "black";
      context.fillRect(PLACE.x + CELL * (cell % GRID.columns), PLACE.y + CELL * Math.floor(cell / GRID.columns), CELL, CELL);
    });
    context.fillStyle = (turn += 1) % 2 ? "gray" : "silver";
    context.fillRect(0, 0, 8, 8);
  };
  draw();
  globalThis.drawing = setInterval(draw, 200);
  const [track] = canvas.captureStream(5).getVideoTracks();
  track.contentHint = "text";
  return track;
}

/** Shows the third line in an element of its own. */
function watchScreen() {
  const video = document.createElement("video");
  Object.assign(video, { muted: true, autoplay: true, playsInline: true, srcObject: new MediaStream([globalThis.screenTrack]) });
  document.body.append(video);
  globalThis.screenVideo = video;
}
