//! Audio files of recordings: nothing but silence, as long as the recording says, in the forms that the provider has.
//!
//! What was said stands in an MP3 as its title, so that it can be told from others.

/// The longest file, in seconds.
const LONGEST: u64 = 600;

/// A frame of silence: MPEG-2 layer III, 32 kbit/s, 16 kHz, mono (ISO/IEC 13818-3). Without side information its other
/// 140 bytes mean nothing but silence.
const FRAME: [u8; 4] = [0xff, 0xf3, 0x48, 0xc0];
/// The length of a frame in bytes and in milliseconds: 576 samples.
const FRAME_LENGTH: (usize, u64) = (144, 36);

/// An MP3 file with 4000 bytes a second.
pub(super) fn mp3(seconds: u64, words: &str) -> Vec<u8> {
    let mut file = title(words);
    let (bytes, millis) = FRAME_LENGTH;
    for _ in 0..(seconds.min(LONGEST) * 1000).div_ceil(millis).max(1) {
        file.extend(FRAME);
        file.resize(file.len() + bytes - FRAME.len(), 0);
    }
    file
}

/// An ID3 tag with a title (<https://id3.org/id3v2.4.0-structure>).
fn title(words: &str) -> Vec<u8> {
    // 3: UTF-8.
    let text: Vec<u8> = [3].into_iter().chain(words.chars().take(500).collect::<String>().into_bytes()).collect();
    let frame = [b"TIT2".as_slice(), &size(text.len()), &[0, 0], &text].concat();
    [b"ID3\x04\x00\x00".as_slice(), &size(frame.len()), &frame].concat()
}

/// A length in seven bits of each byte.
fn size(length: usize) -> [u8; 4] {
    [21, 14, 7, 0].map(|bits| u8::try_from(length >> bits & 0x7f).unwrap_or_default())
}

/// A WAV file with 8000 bytes a second: 8 bits, one channel.
pub(super) fn wav(seconds: u64) -> Vec<u8> {
    let length = u32::try_from(seconds.min(LONGEST)).unwrap_or_default() * 8000;
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((36 + length).to_le_bytes());
    file.extend(b"WAVEfmt ");
    for (value, bytes) in [(16_u32, 4), (1, 2), (1, 2), (8000, 4), (8000, 4), (1, 2), (8, 2)] {
        file.extend(value.to_le_bytes().into_iter().take(bytes));
    }
    file.extend(b"data");
    file.extend(length.to_le_bytes());
    file.resize(file.len() + usize::try_from(length).unwrap_or_default(), 0x80);
    file
}

#[cfg(test)]
mod tests {
    use super::{mp3, wav};

    #[test]
    fn files_are_as_long_as_the_recording() {
        let file = mp3(9, "Disk full – again");
        let title = b"Disk full \xe2\x80\x93 again";
        assert_eq!(file.get(..4), Some(b"ID3\x04".as_slice()));
        assert!(file.windows(title.len()).any(|window| window == title));
        let start = 10 + 10 + 1 + title.len();
        assert_eq!(usize::from(file[9]), start - 10, "the size of the tag");
        assert_eq!(file.get(start..start + 2), Some([0xff, 0xf3].as_slice()));
        assert_eq!(file.len() - start, 9 * 4000);
        assert_eq!(wav(2).len(), 44 + 16_000);
        assert_eq!(mp3(u64::MAX, "").len() / 4000, 600);
        assert!(mp3(0, "").len() > 144);
    }
}
