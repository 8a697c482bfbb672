using System.Numerics;
using System.Runtime.InteropServices;

namespace QrAi.Application.Search;

/// <summary>Builds the blocks of a segment from passages, or from the blocks of smaller segments.</summary>
internal sealed class SegmentBuilder
{
    private const int BlockSize = 4096;
    private const int MaxBlockBits = 16;

    private readonly Dictionary<uint, List<Posting>> _lists = [];
    private readonly HashSet<long> _passages = [];

    /// <summary>The passages.</summary>
    public IReadOnlySet<long> Passages => _passages;

    /// <summary>Adds a passage.</summary>
    /// <param name="passageId">The passage.</param>
    /// <param name="weights">The weights of its terms.</param>
    public void Add(long passageId, IReadOnlyDictionary<uint, byte> weights)
    {
        _passages.Add(passageId);
        foreach (var (term, weight) in weights)
            ListOf(term).Add(new Posting(passageId, weight));
    }

    /// <summary>Adds a passage whose terms have no weights.</summary>
    /// <param name="passageId">The passage.</param>
    /// <param name="terms">Its terms.</param>
    public void Add(long passageId, IEnumerable<uint> terms)
    {
        _passages.Add(passageId);
        foreach (var term in terms)
            ListOf(term).Add(new Posting(passageId, 1));
    }

    /// <summary>Adds a block of another segment.</summary>
    /// <param name="block">The block.</param>
    public void Add(ReadOnlyMemory<byte> block)
    {
        while (!block.IsEmpty)
        {
            var (term, count, body) = PostingList.ReadHeader(ref block);
            var (position, passage) = (0, 0L);
            for (var i = 0; i < count; i++)
            {
                var posting = PostingList.Read(body.Span, ref position, passage);
                passage = posting.PassageId;
                _passages.Add(passage);
                ListOf(term).Add(posting);
            }
        }
    }

    /// <summary>Leaves out all passages but some.</summary>
    /// <param name="passages">The passages that stay.</param>
    /// <returns>Whether any was left out.</returns>
    public bool IntersectWith(IReadOnlySet<long> passages)
    {
        if (_passages.IsSubsetOf(passages))
            return false;
        _passages.IntersectWith(passages);
        foreach (var (term, postings) in _lists)
        {
            postings.RemoveAll(posting => !passages.Contains(posting.PassageId));
            if (postings.Count == 0)
                _lists.Remove(term);
        }

        return true;
    }

    /// <summary>Builds the blocks: each has the terms whose first bits are its number.</summary>
    /// <returns>The number of bits, and the blocks that are not empty by number.</returns>
    public (int BlockBits, SortedDictionary<int, byte[]> Blocks) Build()
    {
        var size = _lists.Sum(list => 8L + list.Value.Count * 3L);
        var bits = Math.Clamp(BitOperations.Log2((ulong)(size / BlockSize) + 1), 0, MaxBlockBits);
        var blocks = new SortedDictionary<int, byte[]>();
        foreach (var terms in _lists.Keys.Order().GroupBy(term => IndexSegment.BlockOf(term, bits)))
        {
            var block = new List<byte>(BlockSize);
            foreach (var term in terms)
            {
                var postings = _lists[term];
                postings.Sort((a, b) => a.PassageId.CompareTo(b.PassageId));
                // A title that was changed, and later got a former part again, has it twice.
                for (var i = postings.Count - 1; i > 0; i--)
                    if (postings[i].PassageId == postings[i - 1].PassageId)
                        postings.RemoveAt(i);
                PostingList.Write(block, term, postings);
            }

            blocks.Add(terms.Key, [.. block]);
        }

        return (bits, blocks);
    }

    private List<Posting> ListOf(uint term)
    {
        ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(_lists, term, out _);
        return list ??= [];
    }
}
