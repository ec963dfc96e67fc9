// Check a shard of a guard's evidence with the code that checks Go's own module log.
//
//	check LOG SHARD VKEY [PROOF ENTRY]...
//
// The only thing this program adds to sumdb/note and sumdb/tlog is where a tile stands: C2SP
// tlog-tiles leaves the tile height out of the path, and calls the entries' bundles `entries`.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type shard struct{ dir string }

func (s shard) Height() int { return height }

func (s shard) SaveTiles([]tlog.Tile, [][]byte) {}

func (s shard) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := os.ReadFile(filepath.Join(s.dir, place(tile)))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func place(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", height))
	return "tile/" + strings.Replace(path, "data/", "entries/", 1)
}

func opened(path, vkey string) ([]string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return openedNote(data, vkey)
}

func openedNote(data []byte, vkey string) ([]string, error) {
	key, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, err
	}
	read, err := note.Open(data, note.VerifierList(key))
	if err != nil {
		return nil, err
	}
	return strings.Split(read.Text, "\n"), nil
}

func tree(lines []string) (tlog.Tree, error) {
	if len(lines) != 4 {
		return tlog.Tree{}, errors.New("a checkpoint has three lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	hash, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: hash}, err
}

// entries holds every entry of the bundles against its hash in the tree.
func entries(log shard, signed tlog.Tree, hashes tlog.HashReader) error {
	for n := int64(0); n < signed.N; {
		width := min(int64(1<<height), signed.N-n)
		bundle := tlog.Tile{H: height, L: -1, N: n >> height, W: int(width)}
		data, err := log.ReadTiles([]tlog.Tile{bundle})
		if err != nil {
			return err
		}
		rest := data[0]
		for end := n + width; n < end; n++ {
			if len(rest) < 2 || len(rest) < 2+int(binary.BigEndian.Uint16(rest)) {
				return fmt.Errorf("the bundle ends within entry %d", n)
			}
			length := int(binary.BigEndian.Uint16(rest))
			stored, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, n)})
			if err != nil {
				return err
			}
			if tlog.RecordHash(rest[2:2+length]) != stored[0] {
				return fmt.Errorf("entry %d isn't the one that was signed", n)
			}
			rest = rest[2+length:]
		}
		if len(rest) > 0 {
			return errors.New("a bundle holds more than its entries")
		}
	}
	return nil
}

// grew checks that the tree goes on from each checkpoint that was kept as an anchor.
func grew(log shard, vkey string, signed tlog.Tree, hashes tlog.HashReader) (int, error) {
	paths, err := filepath.Glob(filepath.Join(log.dir, "anchors", "*.note"))
	if err != nil {
		return 0, err
	}
	for _, path := range paths {
		lines, err := opened(path, vkey)
		if err != nil {
			return 0, err
		}
		old, err := tree(lines)
		if err != nil {
			return 0, err
		}
		proof, err := tlog.ProveTree(signed.N, old.N, hashes)
		if err != nil {
			return 0, err
		}
		if err := tlog.CheckTree(proof, signed.N, signed.Hash, old.N, old.Hash); err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
	}
	return len(paths), nil
}

// proved checks a C2SP tlog-proof of an entry.
func proved(path, entry, vkey string) error {
	file, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	body, err := os.ReadFile(entry)
	if err != nil {
		return err
	}
	head, checkpoint, _ := bytes.Cut(file, []byte("\n\n"))
	lines, err := openedNote(checkpoint, vkey)
	if err != nil {
		return err
	}
	signed, err := tree(lines)
	if err != nil {
		return err
	}
	said := strings.Split(string(head), "\n")
	if len(said) < 2 || said[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("not a tlog-proof")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(said[1], "index "), 10, 64)
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, line := range said[2:] {
		data, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(data) != tlog.HashSize {
			return errors.New("not a hash: " + line)
		}
		proof = append(proof, tlog.Hash(data))
	}
	return tlog.CheckRecord(proof, signed.N, signed.Hash, index, tlog.RecordHash(body))
}

func check(root, name, vkey string, proofs []string) (string, error) {
	log := shard{filepath.Join(root, name)}
	statement, err := opened(filepath.Join(log.dir, "key"), vkey)
	if err != nil {
		return "", fmt.Errorf("key: %w", err)
	}
	if len(statement) != 4 || statement[0] != "guardrail evidence key v1" {
		return "", errors.New("key: not a statement")
	}
	lines, err := opened(filepath.Join(log.dir, "checkpoint"), statement[2])
	if err != nil {
		return "", fmt.Errorf("checkpoint: %w", err)
	}
	signed, err := tree(lines)
	if err != nil {
		return "", err
	}
	hashes := tlog.TileHashReader(signed, log)
	if derived, err := tlog.TreeHash(signed.N, hashes); err != nil || derived != signed.Hash {
		return "", fmt.Errorf("the tiles don't give the root: %v", err)
	}
	if err := entries(log, signed, hashes); err != nil {
		return "", err
	}
	anchors, err := grew(log, statement[2], signed, hashes)
	if err != nil {
		return "", err
	}
	for at := 0; at+1 < len(proofs); at += 2 {
		if err := proved(proofs[at], proofs[at+1], statement[2]); err != nil {
			return "", fmt.Errorf("%s: %w", proofs[at], err)
		}
	}
	told := "%s: %d entries, %d anchors, %d proofs"
	return fmt.Sprintf(told, lines[0], signed.N, anchors, len(proofs)/2), nil
}

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "check LOG SHARD VKEY [PROOF ENTRY]...")
		os.Exit(2)
	}
	told, err := check(os.Args[1], os.Args[2], os.Args[3], os.Args[4:])
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(told)
}
