namespace QrAi.Tests.Unit.Infrastructure.Persistence.Migrations;

/// <summary>
/// Reads the SQL of a PostgreSQL migration, and finds statements that lock or lose data in use, or break the version
/// that runs during the migration. An unknown statement counts as a risk too.
/// </summary>
internal sealed class MigrationReader
{
    private readonly List<string> _risks = [];
    private readonly HashSet<string> _newTables = [];
    private readonly HashSet<string> _clearedIndexes = [];
    private readonly HashSet<string> _unchecked = [];

    /// <summary>Reads a migration.</summary>
    /// <param name="commands">Its commands, and whether each runs outside a transaction.</param>
    /// <returns>The risks, each as <c>object: operation</c>.</returns>
    public static IReadOnlyList<string> RisksOf(IReadOnlyCollection<(string Sql, bool OutsideTransaction)> commands)
    {
        var reader = new MigrationReader();
        foreach (var (sql, outside) in commands)
        foreach (var statement in SqlText.Statements(sql))
            reader.Read(new Words(statement), outside);
        // A retry would repeat the commands before the one that failed.
        if (commands.Any(command => command.OutsideTransaction) && commands.Any(command => !command.OutsideTransaction))
            reader._risks.Add("migration: it is partly outside the transaction, and can stop half done");
        return reader._risks;
    }

    private void Read(Words words, bool outside)
    {
        if (words.Take("create", "table"))
            ReadCreateTable(words);
        else if (words.TakeCreateIndex())
            ReadCreateIndex(words, outside);
        else if (words.Take("drop", "index"))
            ReadDropIndex(words, outside);
        else if (words.Take("alter", "table"))
            ReadAlterTable(words);
        else if (words.Take("drop", "table"))
            Risk(words.SkipIf("if", "exists").Name(), "the table is dropped");
        else if (words.Take("truncate"))
            Risk(words.SkipIf("table").Name(), "the rows are deleted");
        else if (words.Take("delete", "from"))
            RiskUnlessNew(words.Name(), "rows are deleted");
        else if (words.Take("update"))
            RiskUnlessNew(words.SkipIf("only").Name(), "rows are changed, and locked until the end");
        else if (words.Take("lock"))
            Risk(words.SkipIf("table").Name(), "the table is locked");
        else if (!IsHarmless(words))
            Risk(words.ToString(), "the effect is unknown");
    }

    private static bool IsHarmless(Words words) =>
        words.Take("insert", "into")
        || words.Take("comment", "on")
        || words.Take("create", "schema")
        || words.Take("create", "sequence")
        || words.Take("create", "extension")
        || words.Take("set")
        || words.Take("reset");

    private void ReadCreateTable(Words words)
    {
        // A table that may exist already is not new.
        if (!words.Take("if", "not", "exists"))
            _newTables.Add(words.Name());
    }

    private void ReadCreateIndex(Words words, bool outside)
    {
        var concurrently = words.Take("concurrently");
        var name = words.SkipIf("if", "not", "exists").Name();
        words.Take("on");
        var table = words.SkipIf("only").Name();
        if (_newTables.Contains(table))
            return;
        if (!concurrently)
            Risk(table, $"the index {name} is created without CONCURRENTLY, which blocks writes");
        else if (!outside)
            Risk(table, $"the index {name} can be created concurrently only outside a transaction");
        else if (!_clearedIndexes.Contains(name))
            Risk(table, $"the index {name} is created without DROP INDEX CONCURRENTLY IF EXISTS before it");
    }

    private void ReadDropIndex(Words words, bool outside)
    {
        var concurrently = words.Take("concurrently");
        var ifExists = words.Take("if", "exists");
        var name = words.Name();
        if (!concurrently)
            Risk(name, "the index is dropped without CONCURRENTLY, which blocks reads and writes");
        else if (!outside)
            Risk(name, "the index can be dropped concurrently only outside a transaction");
        else if (!ifExists)
            Risk(name, "the index is dropped without IF EXISTS, and the drop cannot be repeated");
        else
            _clearedIndexes.Add(name);
    }

    private void ReadAlterTable(Words words)
    {
        var table = words.SkipIf("if", "exists").SkipIf("only").Name();
        if (_newTables.Contains(table))
            return;
        foreach (var action in SqlText.Parts(words.Rest()))
            ReadAction(table, new Words(action));
    }

    private void ReadAction(string table, Words words)
    {
        if (words.StartsWithConstraint())
            ReadAddConstraint(table, words);
        else if (words.Take("add"))
            ReadAddColumn(table, words.SkipIf("column").SkipIf("if", "not", "exists"));
        else if (words.Take("drop", "constraint"))
            Risk($"{table}.{words.SkipIf("if", "exists").Name()}", "the constraint is dropped");
        else if (words.Take("drop"))
            Risk($"{table}.{words.SkipIf("column").SkipIf("if", "exists").Name()}", "the column is dropped");
        else if (words.Take("alter"))
            ReadAlterColumn(table, words.SkipIf("column"));
        else if (words.Take("validate", "constraint"))
        {
            if (words.Name() is var name && _unchecked.Contains(name))
                Risk($"{table}.{name}", "it is validated in the transaction that adds it, and holds its lock");
        }
        else if (words.Take("rename"))
            Risk(table, $"it is renamed, as in RENAME {words}");
        else
            Risk(table, $"the effect is unknown: {words}");
    }

    private void ReadAddConstraint(string table, Words words)
    {
        words.Take("add");
        var name = words.Take("constraint") ? words.Name() : words.Peek();
        if (words.Has("not", "valid"))
            _unchecked.Add(name);
        else if (!words.Has("using", "index"))
            Risk(
                $"{table}.{name}",
                "the constraint is added without NOT VALID, and the whole table is read under a lock"
            );
    }

    private void ReadAddColumn(string table, Words words)
    {
        var column = $"{table}.{words.Name()}";
        if (words.Has("not", "null") && !words.Has("default"))
            Risk(column, "the column is NOT NULL without a DEFAULT");
        if (words.Has("generated") || words.HasAny("serial", "bigserial", "smallserial") || words.DefaultIsCalled())
            Risk(column, "the column is added with a value of its own for each row, and the table is rewritten");
        if (words.HasAny("references", "unique", "primary", "check"))
            Risk(column, "the column is added with a constraint, and the whole table is read under a lock");
    }

    private void ReadAlterColumn(string table, Words words)
    {
        var column = $"{table}.{words.Name()}";
        if (words.Take("type") || words.Take("set", "data", "type"))
            Risk(column, "the type is changed: the table is rewritten, or values no longer fit");
        else if (words.Take("set", "not", "null"))
            Risk(column, "the column becomes NOT NULL, and the whole table is read under a lock");
        else if (!words.Take("drop", "not", "null") && !words.Take("set", "default") && !words.Take("drop", "default"))
            Risk(column, $"the effect is unknown: {words}");
    }

    private void RiskUnlessNew(string table, string operation)
    {
        if (!_newTables.Contains(table))
            Risk(table, operation);
    }

    private void Risk(string target, string operation) => _risks.Add($"{target}: {operation}");

    /// <summary>Reads words from left to right.</summary>
    private sealed class Words(IReadOnlyList<string> all)
    {
        private static readonly string[] _constraints =
        [
            "constraint",
            "primary",
            "unique",
            "check",
            "foreign",
            "exclude",
        ];

        private int _at;

        public bool Take(params string[] words)
        {
            if (!all.Skip(_at).Take(words.Length).SequenceEqual(words))
                return false;
            _at += words.Length;
            return true;
        }

        public bool TakeCreateIndex() => Take("create", "index") || Take("create", "unique", "index");

        public Words SkipIf(params string[] words)
        {
            Take(words);
            return this;
        }

        public string Peek() => _at < all.Count ? all[_at] : "";

        /// <summary>Reads a name, and returns it without its schema.</summary>
        public string Name()
        {
            var name = Peek();
            _at++;
            while (Take("."))
            {
                name = Peek();
                _at++;
            }

            return name;
        }

        public bool StartsWithConstraint() => Peek() == "add" && _constraints.Contains(all.ElementAtOrDefault(_at + 1));

        public bool Has(params string[] words) =>
            Enumerable.Range(_at, all.Count - _at).Any(at => all.Skip(at).Take(words.Length).SequenceEqual(words));

        public bool HasAny(params string[] words) => words.Any(word => Has(word));

        /// <summary>Whether the default calls a function, except <c>now</c>, which is the same for all rows.</summary>
        public bool DefaultIsCalled()
        {
            var expression = all.SkipWhile(word => word != "default").Skip(1).ToList();
            return expression
                .Zip(expression.Skip(1))
                .Any(pair => pair is { Second: "(" } && char.IsLetter(pair.First[0]) && pair.First != "now");
        }

        public IEnumerable<string> Rest() => all.Skip(_at);

        public override string ToString() => string.Join(' ', Rest()).ToUpperInvariant();
    }
}
