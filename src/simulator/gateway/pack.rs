//! Compression, as the client asked for it.

use std::io::Write as _;

use bytes::Bytes;
use flate2::write::ZlibEncoder;
use flate2::{Compress, Compression, FlushCompress};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

/// With per-payload compression only payloads of this size are worth it; clients accept both kinds at any time.
const WORTH_IT: usize = 8 * 1024;

/// How payloads are packed on one connection.
pub enum Packer {
    /// As text.
    Plain,
    /// Large ones as a zlib stream of their own (`compress` in the IDENTIFY).
    Payload,
    /// Every one as a piece of one zlib stream (`compress=zlib-stream` in the address).
    Stream(Box<Compress>),
}

impl Packer {
    /// A packer for one zlib stream over the whole connection.
    pub fn stream() -> Self {
        Self::Stream(Box::new(Compress::new(Compression::fast(), true)))
    }

    /// Packs one payload.
    pub fn pack(&mut self, payload: Vec<u8>) -> std::io::Result<Message> {
        match self {
            Self::Payload if payload.len() >= WORTH_IT => {
                let mut encoder =
                    ZlibEncoder::new(Vec::with_capacity(payload.len() / 4), Compression::fast());
                encoder.write_all(&payload)?;
                Ok(Message::Binary(encoder.finish()?.into()))
            }
            Self::Plain | Self::Payload => {
                let text = Utf8Bytes::try_from(Bytes::from(payload)).map_err(std::io::Error::other)?;
                Ok(Message::Text(text))
            }
            Self::Stream(stream) => {
                let mut out = Vec::with_capacity(payload.len() / 2 + 64);
                let before = stream.total_in();
                loop {
                    let read = (stream.total_in() - before) as usize;
                    stream
                        .compress_vec(&payload[read..], &mut out, FlushCompress::Sync)
                        .map_err(std::io::Error::other)?;
                    let done = (stream.total_in() - before) as usize == payload.len();
                    // Room left over means that the flush was written whole, with its 00 00 ff ff at the end.
                    if done && out.len() < out.capacity() {
                        return Ok(Message::Binary(out.into()));
                    }
                    out.reserve(payload.len() / 2 + 1024);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::ZlibDecoder;
    use flate2::{Decompress, FlushDecompress};

    use super::*;

    #[test]
    fn a_large_payload_is_one_zlib_stream_and_a_small_one_is_text() {
        let mut packer = Packer::Payload;
        assert!(matches!(packer.pack(b"{}".to_vec()).unwrap(), Message::Text(text) if text.as_str() == "{}"));
        let large = "x".repeat(WORTH_IT);
        let Message::Binary(packed) = packer.pack(large.clone().into_bytes()).unwrap() else {
            panic!("not packed")
        };
        let mut text = String::new();
        ZlibDecoder::new(&packed[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, large);
    }

    #[test]
    fn a_stream_is_read_piece_by_piece() {
        let mut packer = Packer::stream();
        let mut reader = Decompress::new(true);
        for size in [2usize, 100, 8_000, 300_000, 5] {
            // Not compressible, so that several rounds are needed.
            let text: String =
                (0..size).map(|i| char::from(33 + ((i * i * 31 + i / 7) % 90) as u8)).collect();
            let Message::Binary(packed) = packer.pack(text.clone().into_bytes()).unwrap() else {
                panic!("text")
            };
            assert_eq!(packed[packed.len() - 4..], [0, 0, 0xff, 0xff]);
            let mut read = Vec::with_capacity(size + 1024);
            reader.decompress_vec(&packed, &mut read, FlushDecompress::Sync).unwrap();
            assert_eq!(String::from_utf8(read).unwrap(), text);
        }
    }
}
