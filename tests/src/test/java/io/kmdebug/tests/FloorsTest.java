package io.kmdebug.tests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The floors of docs/architecture.md: an import points down. */
@AnalyzeClasses(packages = "io.kmdebug", importOptions = ImportOption.DoNotIncludeTests.class)
final class FloorsTest {
    private static final String MACHINE = "io.kmdebug.machine..";
    private static final String RSP = "io.kmdebug.rsp..";
    private static final String COREDUMP = "io.kmdebug.coredump..";
    private static final String SYMBOLS = "io.kmdebug.symbols..";
    private static final String MONITOR = "io.kmdebug.monitor..";
    private static final String DEBUGGER = "io.kmdebug.debugger..";
    private static final String DAP = "io.kmdebug.dap..";
    private static final String CLI = "io.kmdebug.cli..";

    @ArchTest
    static final ArchRule machineStandsOnNothing = noClasses()
            .that()
            .resideInAPackage(MACHINE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(RSP, COREDUMP, SYMBOLS, MONITOR, DEBUGGER, DAP, CLI);

    @ArchTest
    static final ArchRule targetsAndSymbolsStandOnMachineAlone = noClasses()
            .that()
            .resideInAnyPackage(RSP, COREDUMP)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SYMBOLS, MONITOR, DEBUGGER, DAP, CLI);

    @ArchTest
    static final ArchRule symbolsTalkToNoTarget = noClasses()
            .that()
            .resideInAPackage(SYMBOLS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(RSP, COREDUMP, MONITOR, DEBUGGER, DAP, CLI);

    @ArchTest
    static final ArchRule rspAndCoredumpDoNotKnowEachOther = noClasses()
            .that()
            .resideInAPackage(RSP)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(COREDUMP);

    @ArchTest
    static final ArchRule debuggerNeverImportsTheMonitorOrAFace = noClasses()
            .that()
            .resideInAPackage(DEBUGGER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(MONITOR, DAP, CLI);

    @ArchTest
    static final ArchRule monitorKnowsNothingOfTheDebugger = noClasses()
            .that()
            .resideInAPackage(MONITOR)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SYMBOLS, DEBUGGER, DAP, CLI);

    @ArchTest
    static final ArchRule facesKnowOnlyTheDebugger = noClasses()
            .that()
            .resideInAnyPackage(DAP, CLI)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SYMBOLS, RSP, COREDUMP, MACHINE, MONITOR);

    @ArchTest
    static final ArchRule dapServerDoesNotKnowTheCommandLine = noClasses()
            .that()
            .resideInAPackage(DAP)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(CLI);

    @ArchTest
    static final ArchRule roomsHaveNoCycles =
            slices().matching("io.kmdebug.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule nativeCallsStayInTheMonitorAndTheDisassembler = noClasses()
            .that()
            .resideOutsideOfPackages(MONITOR, DEBUGGER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jnr..", "com.kenai.jffi..");

    @ArchTest
    static final ArchRule namesSayWhatAThingIs = classes()
            .that()
            .resideInAPackage("io.kmdebug..")
            .should()
            .haveSimpleNameNotEndingWith("Utils")
            .andShould()
            .haveSimpleNameNotEndingWith("Manager")
            .andShould()
            .haveSimpleNameNotEndingWith("Helper")
            .andShould()
            .haveSimpleNameNotEndingWith("Impl");
}
