namespace QrAi.Application.Migrations;

/// <summary>Blocks access to the database until its schema is checked.</summary>
public interface IDatabaseGate
{
    /// <summary>Allows access from now on: the schema is that of the program.</summary>
    void Open();
}
