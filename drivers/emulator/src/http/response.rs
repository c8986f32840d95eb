//! A response as it comes, in pieces of any size (RFC 9112).

/// A status line with its headers is never so long.
const LONGEST_HEAD: usize = 16_384;
/// Nor is the line with the length of a chunk, or a trailer.
const LONGEST_LINE: usize = 4_096;

/// The bytes are no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// What stands in front of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) status: u16,
    /// Of the body, where it is told.
    pub(crate) length: Option<usize>,
    /// The server closes the connection behind the body.
    pub(crate) last: bool,
    /// Status line, headers and the empty line.
    pub(crate) bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Awaited {
    #[default]
    Head,
    /// So many bytes of the body.
    Body(usize),
    /// The body, up to the end of the connection.
    End,
    ChunkLength,
    Chunk(usize),
    /// The line end behind a chunk.
    ChunkEnd,
    Trailer,
    Nothing,
}

/// One response.
#[derive(Debug, Default)]
pub(crate) struct Response {
    pub(crate) head: Option<Head>,
    /// What came of it and was not taken.
    pub(crate) body: Vec<u8>,
    awaited: Awaited,
    /// Bytes that mean nothing yet.
    pending: Vec<u8>,
}

impl Response {
    /// Takes bytes of the server. What follows the end is not looked at.
    pub(crate) fn input(&mut self, bytes: &[u8]) -> Result<(), Malformed> {
        self.pending.extend(bytes);
        while self.step()? {}
        Ok(())
    }

    /// The connection ended. Whether the response is whole.
    pub(crate) fn ended(&mut self) -> bool {
        if self.awaited == Awaited::End {
            self.awaited = Awaited::Nothing;
        }
        self.is_complete()
    }

    /// Whether anything of it is there.
    pub(crate) fn has_begun(&self) -> bool {
        self.head.is_some() || !self.pending.is_empty()
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.awaited == Awaited::Nothing
    }

    /// All that was not taken, perhaps with what stands in front of the body.
    pub(crate) fn whole(&self, with_head: bool) -> Vec<u8> {
        let head = self.head.as_ref().filter(|_| with_head).map_or(&[][..], |head| &head.bytes);
        [head, &self.body].concat()
    }

    /// The connection cannot carry another request: its end is announced, or bytes came that nobody asked for.
    pub(crate) fn was_last(&self) -> bool {
        !self.pending.is_empty() || self.head.as_ref().is_none_or(|head| head.last)
    }

    /// Whether more may be understood of what is there.
    fn step(&mut self) -> Result<bool, Malformed> {
        match self.awaited {
            Awaited::Head => return self.take_head(),
            Awaited::Body(0) => self.awaited = Awaited::Nothing,
            Awaited::Body(left) => self.awaited = Awaited::Body(left - self.take_body(left)),
            Awaited::End => _ = self.take_body(usize::MAX),
            Awaited::Chunk(0) => self.awaited = Awaited::ChunkEnd,
            Awaited::Chunk(left) => self.awaited = Awaited::Chunk(left - self.take_body(left)),
            Awaited::ChunkLength => {
                let Some(line) = self.take_line()? else { return Ok(false) };
                self.awaited = match chunk_length(&line).ok_or(Malformed)? {
                    0 => Awaited::Trailer,
                    length => Awaited::Chunk(length),
                };
            }
            Awaited::ChunkEnd => match self.take_line()? {
                None => return Ok(false),
                Some(line) if line.is_empty() => self.awaited = Awaited::ChunkLength,
                Some(_) => return Err(Malformed),
            },
            Awaited::Trailer => match self.take_line()? {
                None => return Ok(false),
                Some(line) if line.is_empty() => self.awaited = Awaited::Nothing,
                Some(_) => {}
            },
            Awaited::Nothing => return Ok(false),
        }
        Ok(!self.pending.is_empty() || self.awaited == Awaited::Body(0))
    }

    fn take_body(&mut self, most: usize) -> usize {
        let count = most.min(self.pending.len());
        self.body.extend(self.pending.drain(..count));
        count
    }

    fn take_line(&mut self) -> Result<Option<Vec<u8>>, Malformed> {
        match self.pending.windows(2).position(|pair| pair == b"\r\n") {
            Some(end) => Ok(Some(self.pending.drain(..end + 2).take(end).collect())),
            None if self.pending.len() > LONGEST_LINE => Err(Malformed),
            None => Ok(None),
        }
    }

    fn take_head(&mut self) -> Result<bool, Malformed> {
        // Something else is told from HTTP at its first bytes.
        const START: &[u8] = b"HTTP/1.";
        let count = START.len().min(self.pending.len());
        if self.pending[..count] != START[..count] {
            return Err(Malformed);
        }
        let Some(end) = self.pending.windows(4).position(|end| end == b"\r\n\r\n") else {
            return if self.pending.len() > LONGEST_HEAD { Err(Malformed) } else { Ok(false) };
        };
        let bytes: Vec<u8> = self.pending.drain(..end + 4).collect();
        let (head, awaited) = parse(bytes).ok_or(Malformed)?;
        // 1xx is said in front of the response (RFC 9110, chapter 15.2).
        if head.status >= 200 {
            (self.head, self.awaited) = (Some(head), awaited);
        }
        Ok(true)
    }
}

fn chunk_length(line: &[u8]) -> Option<usize> {
    let digits = std::str::from_utf8(line).ok()?.split(';').next()?.trim_end();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    usize::from_str_radix(digits, 16).ok()
}

fn parse(bytes: Vec<u8>) -> Option<(Head, Awaited)> {
    let text = std::str::from_utf8(&bytes).ok()?;
    let mut lines = text.trim_end_matches("\r\n").split("\r\n");
    let (version, rest) = lines.next()?.split_once(' ')?;
    let digits = rest.split(' ').next()?;
    let status = digits.parse().ok().filter(|status| digits.len() == 3 && (100..600).contains(status))?;
    let (mut length, mut chunked, mut last) = (None, false, version == "HTTP/1.0");
    for line in lines {
        let (name, value) = line.split_once(':')?;
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => {
                let told: usize = value.parse().ok().filter(|_| value.bytes().all(|byte| byte.is_ascii_digit()))?;
                if length.is_some_and(|length| length != told) {
                    return None;
                }
                length = Some(told);
            }
            "transfer-encoding" if value.eq_ignore_ascii_case("chunked") => chunked = true,
            "transfer-encoding" => return None,
            "connection" => {
                last = value.eq_ignore_ascii_case("close") || last && !value.eq_ignore_ascii_case("keep-alive")
            }
            _ => {}
        }
    }
    // These have no body, whatever their headers say (RFC 9112, chapter 6.3).
    if matches!(status, 100..200 | 204 | 304) {
        (length, chunked) = (Some(0), false);
    }
    let awaited = match length {
        _ if chunked => Awaited::ChunkLength,
        Some(length) => Awaited::Body(length),
        None => Awaited::End,
    };
    let head = Head { status, length: length.filter(|_| !chunked), last: last || awaited == Awaited::End, bytes };
    Some((head, awaited))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SplitMix64;

    /// The whole response, however it is cut.
    fn read(text: &str) -> Result<Response, Malformed> {
        let mut whole = Response::default();
        let result = whole.input(text.as_bytes());
        for size in [1, 2, 3, 7] {
            let mut pieces = Response::default();
            let results = text.as_bytes().chunks(size).try_for_each(|piece| pieces.input(piece));
            assert_eq!(results, result, "{text}");
            if result.is_ok() {
                assert_eq!((&pieces.head, &pieces.body, pieces.awaited), (&whole.head, &whole.body, whole.awaited));
            }
        }
        result.map(|()| whole)
    }

    #[test]
    fn three_ways_to_tell_where_a_body_ends() {
        let response = read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").unwrap();
        assert_eq!(response.head.as_ref().unwrap().length, Some(5));
        assert!(response.is_complete() && !response.was_last() && response.body == b"hello");
        let chunks =
            "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n3;x=y\r\nhel\r\n02\r\nlo\r\n0\r\nA: b\r\n\r\n";
        let response = read(chunks).unwrap();
        assert_eq!(response.head.as_ref().unwrap().length, None);
        assert!(response.is_complete() && !response.was_last() && response.body == b"hello");
        let mut response = read("HTTP/1.0 404 Not Found\r\n\r\nhello").unwrap();
        assert!(!response.is_complete() && response.was_last());
        assert!(response.ended() && response.body == b"hello");
        assert_eq!(response.head.unwrap().status, 404);
    }

    #[test]
    fn some_have_no_body() {
        for text in [
            "HTTP/1.1 204 No Content\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
            "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n",
        ] {
            let response = read(text).unwrap();
            assert!(response.is_complete() && response.body.is_empty(), "{text}");
            assert_ne!(response.head.unwrap().status, 100);
        }
    }

    #[test]
    fn an_end_in_the_middle_is_no_end_of_the_response() {
        for text in [
            "",
            "HTTP/1.1 200 OK\r\nContent-Le",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
        ] {
            assert!(!read(text).unwrap().ended(), "{text}");
        }
    }

    /// Whatever comes, it is read to some end, and to the same one in pieces.
    #[test]
    fn noise_of_every_kind() {
        let mut random = SplitMix64::new(1);
        let texts = [
            "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello, hello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nA: b\r\n\r\n",
        ];
        for round in 0..20_000 {
            let mut bytes = texts[round % texts.len()].as_bytes().to_vec();
            for _ in 0..random.below(4) {
                let at = random.below(bytes.len() as u64) as usize;
                bytes[at] = b"\r\n0aF:; \xff"[random.below(9) as usize];
            }
            let (mut whole, mut pieces) = (Response::default(), Response::default());
            let result = whole.input(&bytes);
            let size = 1 + random.below(9) as usize;
            assert_eq!(bytes.chunks(size).try_for_each(|piece| pieces.input(piece)), result);
            if result.is_ok() {
                assert_eq!((whole.ended(), &whole.body), (pieces.ended(), &pieces.body));
            }
        }
    }

    #[test]
    fn who_closes() {
        for (headers, last) in [
            ("HTTP/1.1 200 OK\r\n", false),
            ("HTTP/1.1 200 OK\r\nConnection: close\r\n", true),
            ("HTTP/1.0 200 OK\r\n", true),
            ("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n", false),
        ] {
            let response = read(&format!("{headers}Content-Length: 1\r\n\r\nx")).unwrap();
            assert_eq!(response.was_last(), last, "{headers}");
        }
        assert!(read("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxy").unwrap().was_last());
    }

    #[test]
    fn what_is_no_response() {
        let long = format!("HTTP/1.1 200 OK\r\nA: {}", "x".repeat(LONGEST_HEAD));
        for text in [
            "SSH-2.0-server\r\n",
            "HTTP/2 200\r\n\r\n",
            "HTTP/1.1 99 x\r\n\r\n",
            "HTTP/1.1 0200 x\r\n\r\n",
            "HTTP/1.1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nno header\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
            &long,
        ] {
            assert_eq!(read(text).err(), Some(Malformed), "{text}");
        }
    }
}
