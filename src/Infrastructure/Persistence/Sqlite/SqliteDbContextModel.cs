namespace QrAi.Infrastructure.Persistence.Sqlite.CompiledModel;

/// <summary>The model as <c>build/compile-model.sh</c> has generated it, which saves building it at every start.</summary>
public partial class SqliteDbContextModel
{
    partial void Customize() => OwnerFilter.AddTo(this);
}
