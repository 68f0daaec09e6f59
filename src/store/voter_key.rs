//! The key with which voters are hashed. It lies in a file of the data folder (owner only) or comes from `VOTER_KEY`;
//! it is never exported, and the file belongs in every backup: without it no mark can be matched to its member again.

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::error::OpenError;
use crate::domain::ids::{ServerId, UserId, VoterHash};

/// Name of the file in the data folder.
pub const VOTER_KEY_FILE: &str = "voter.key";

/// 256 random bits.
#[derive(Clone, PartialEq, Eq)]
pub struct VoterKey([u8; 32]);

impl VoterKey {
    /// Makes a new one.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn random() -> io::Result<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(io::Error::other)?;
        Ok(Self(bytes))
    }

    /// Reads 64 hex digits; space around them is ignored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
            *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// The key of the setting `VOTER_KEY`: 64 hex digits as a key file holds them, or any other text, of which the SHA-256
    /// is the key. So a file's key may move into the setting, and a passphrase works too.
    #[must_use]
    pub fn of_setting(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|| {
            Self(sha2::Digest::finalize(<Sha256 as sha2::Digest>::new_with_prefix(text)).into())
        })
    }

    /// Reads the key of a data folder, or makes one there (mode 0600) when there is none.
    ///
    /// # Errors
    /// When the file can be neither read nor made, or holds no key.
    pub fn load_or_create(folder: &Path) -> Result<Self, OpenError> {
        let path = folder.join(VOTER_KEY_FILE);
        let failed = |what| {
            let path = path.clone();
            move |why| OpenError::Folder { what, path, why }
        };
        match fs::read_to_string(&path) {
            Ok(text) => {
                let bad = || io::Error::new(io::ErrorKind::InvalidData, "64 hex digits expected");
                Self::parse(&text).ok_or_else(bad).map_err(failed("reading the voter key"))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key = Self::random().map_err(failed("making a voter key"))?;
                key.write(&path).map_err(failed("writing the voter key"))?;
                Ok(key)
            }
            Err(error) => Err(failed("reading the voter key")(error)),
        }
    }

    /// Whole and durable before it is used: a hash made with a key that is then lost could never be matched again.
    fn write(&self, path: &Path) -> io::Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let temporary = path.with_extension("key.new");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file: File = options.open(&temporary)?;
        let digits: String = self.0.iter().map(|byte| format!("{byte:02x}")).collect();
        file.write_all(format!("{digits}\n").as_bytes())?;
        file.sync_all()?;
        fs::rename(&temporary, path)?;
        super::folder::sync_folder(folder)
    }

    fn hmac(&self, parts: &[&[u8]]) -> [u8; 32] {
        // HMAC takes keys of every length; the error cannot occur.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return [0; 32] };
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// Who voted, without saying who: the first 16 bytes of HMAC-SHA256(key, server id ‖ user id), ids big-endian.
    #[must_use]
    pub fn voter_hash(&self, server: ServerId, user: UserId) -> VoterHash {
        let hash = self.hmac(&[&server.0.to_be_bytes(), &user.0.to_be_bytes()]);
        let [first @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = hash;
        VoterHash(first)
    }

    /// What may be shown and stored of the key: it tells keys apart and tells nothing of them.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.hmac(&[b"tiebreaker voter key"]).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for VoterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VoterKey({})", self.fingerprint())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_member_cannot_be_followed_across_servers() {
        let key = VoterKey::parse(&"0b".repeat(32)).unwrap();
        let (a, b) = (key.voter_hash(ServerId(1), UserId(7)), key.voter_hash(ServerId(2), UserId(7)));
        assert_ne!(a, b);
        assert_eq!(a, key.voter_hash(ServerId(1), UserId(7)));
        assert_ne!(a, VoterKey::random().unwrap().voter_hash(ServerId(1), UserId(7)));
    }

    #[test]
    fn the_hash_is_the_first_half_of_the_hmac() {
        // Worked out with Python: hmac.new(key, (1).to_bytes(8) + (7).to_bytes(8), "sha256").
        let key = VoterKey([0x0b; 32]);
        assert_eq!(key.voter_hash(ServerId(1), UserId(7)).to_string(), "fe0b7ccdf83fc322dca80df937dc4732");
        // The same with sha256(b"key") as the key, and user 2.
        let key = VoterKey::of_setting("key");
        assert_eq!(key.voter_hash(ServerId(1), UserId(2)).to_string(), "35c235cfa4944e7f5d90e943f29efc72");
        assert_eq!(VoterKey::of_setting(&"0b".repeat(32)), VoterKey([0x0b; 32]));
    }

    #[test]
    fn the_file_is_made_once_and_is_the_owners() {
        let folder = tempfile::tempdir().unwrap();
        let key = VoterKey::load_or_create(folder.path()).unwrap();
        assert_eq!(VoterKey::load_or_create(folder.path()).unwrap(), key);
        assert!(
            !format!("{key:?}")
                .contains(&fs::read_to_string(folder.path().join(VOTER_KEY_FILE)).unwrap()[..64])
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(folder.path().join(VOTER_KEY_FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        fs::write(folder.path().join(VOTER_KEY_FILE), "short").unwrap();
        assert!(VoterKey::load_or_create(folder.path()).is_err());
    }
}
